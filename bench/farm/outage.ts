// How long it takes until all is in the stream that ten minutes without the engine have left in a spool.

import { join } from 'node:path'
import { writeRings } from '../../host/testing/index.ts'
import { forwarderOf, pause, until, withServers } from './servers.ts'

/** Ten a second, for ten minutes. */
const OPERATIONS = 6000
const QUIET_MS = 3000

/** From the moment at which the server answers again, ms. */
export async function outage(folder: string): Promise<number> {
  return withServers(1, async ({ url, servers }) => {
    const stop = new AbortController()
    const source = join(folder, 'outage')
    writeRings(source, { seed: 2, operations: OPERATIONS, users: 4, slotCountLog2: 13 })
    await servers.nodes[0]!.stop()
    const checkpointFolder = join(folder, 'outage-checkpoints')
    const forwarder = await forwarderOf({ sources: [source], to: url, checkpointFolder, lingerMs: 1000, signal: stop.signal, spool: join(folder, 'spool'), tell: () => {} }) // biome-ignore format: one call
    const run = forwarder.run()
    // All of it is spooled when nothing more has been for a while.
    for (let spooled = -1; spooled < 1 || forwarder.spool!.counts.spooled > spooled; await pause(QUIET_MS))
      spooled = forwarder.spool!.counts.spooled
    await servers.start()
    const started = performance.now()
    await until(() => forwarder.counts.sent >= forwarder.spool!.counts.spooled)
    const ms = performance.now() - started
    stop.abort()
    await run
    forwarder.close()
    return ms
  })
}
