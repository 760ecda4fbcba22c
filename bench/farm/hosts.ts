// Many hosts at once on one machine: rings that are written here, real forwarders in processes of their own, one server, and a reader of its stream.

import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openTap } from '../../host/index.ts'
import { RingWriter, ringFileName } from '../../host/testing/index.ts'
import { appendOperation } from '../../host/testing/operation.ts'
import { forwarderOf, pause, until, withServers } from './servers.ts'

const PROCESSES = 4
/** Operations of each host a second. */
const RATE = 10
const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'

interface Settings {
  readonly folder: string
  readonly url: string
  readonly hosts: readonly string[]
}

/** What one of the processes does, until it is killed. */
export async function forwardHosts(text: string): Promise<never> {
  const { folder, url, hosts } = JSON.parse(text) as Settings
  for (const host of hosts) {
    const forwarder = await forwarderOf({ sources: [join(folder, host, ringFileName(SID))], to: url, checkpointFolder: join(folder, `${host}-checkpoints`), host, lingerMs: 500, signal: new AbortController().signal }) // biome-ignore format: one call
    void forwarder.run()
  }
  return new Promise(() => {})
}

/** From a writer's clock to the iteration of a tap of the stream, ms. */
export async function hostLatencies(folder: string, count: number, seconds: number): Promise<number[]> {
  return withServers(1, async ({ url }) => {
    const home = join(folder, 'hosts')
    const hosts = Array.from({ length: count }, (_, i) => `RDS${i}`)
    const rings = hosts.map((host, i) => {
      mkdirSync(join(home, host), { recursive: true })
      return RingWriter.create({ sid: SID, slotCountLog2: 10, fileId: BigInt(i + 1) }, join(home, host, ringFileName(SID)))
    })
    const share = Math.ceil(count / PROCESSES)
    const children = Array.from({ length: PROCESSES }, (_, i) => {
      const settings: Settings = { folder: home, url, hosts: hosts.slice(i * share, (i + 1) * share) }
      return spawn(process.execPath, [process.argv[1]!, `--forward-hosts=${JSON.stringify(settings)}`], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    })
    try {
      const times: number[] = []
      let began = Number.POSITIVE_INFINITY
      const known = new Set<string | undefined>()
      const tap = await openTap({ sources: [`${url}/MPRTAP`], from: 'oldest' })
      const reading = (async () => {
        for await (const { host, time } of tap) {
          known.add(host)
          if (time >= began) times.push(performance.timeOrigin + performance.now() - time)
        }
      })()
      const write = (ring: RingWriter) => appendOperation(ring, { durationMs: 0 }, Date.now())
      for (const ring of rings) write(ring)
      const isGone = () => children.some(({ exitCode }) => exitCode !== null)
      await until(() => known.size === count || isGone())
      if (isGone()) throw new Error('a process with forwarders has ended')
      began = Date.now()
      let written = 0
      for (let step = 0; step < seconds * RATE; step++) {
        for (const ring of rings) write(ring)
        written += rings.length
        await pause(Math.max(0, began + ((step + 1) * 1000) / RATE - Date.now()))
      }
      await until(() => times.length >= written || isGone())
      await tap.close()
      await reading
      return times
    } finally {
      for (const child of children) child.kill('SIGKILL')
      for (const ring of rings) ring.close()
    }
  })
}
