// What a forwarder costs a host on which little happens: the command itself, against a Node that has loaded koffi and does nothing.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRing, startWriter } from '../lib/rings.ts'
import { pause, until, withServers } from './servers.ts'

/** Records a second: ten operations. */
const RATE = 20
/** Until what is only done at the start is done. */
const SETTLE_MS = 5000
const BARE = "require('koffi'); setInterval(() => {}, 1e6)"

/** User and system time, seconds: in ticks of a hundredth (proc(5)). */
function processorSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function megabytes({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

export async function idle(folder: string, seconds: number): Promise<{ processorPercent: number; overBareNode: number }> {
  return withServers(1, async ({ url, manager }) => {
    const path = makeRing(folder, 14, 3000)
    const args = ['build/cli.js', 'forward', '--to', url, '--checkpoint-folder', join(folder, 'idle'), path]
    const forwarder = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const bare = spawn(process.execPath, ['-e', BARE], { stdio: ['ignore', 'ignore', 'inherit'] })
    try {
      const writing = startWriter(path, RATE, (RATE * (2 * SETTLE_MS + 1000 * seconds)) / 1000)
      await until(async () => (await manager.streams.info('MPRTAP')).state.messages > 0)
      await pause(SETTLE_MS)
      const before = processorSeconds(forwarder)
      const started = performance.now()
      await pause(1000 * seconds)
      const share = (processorSeconds(forwarder) - before) / ((performance.now() - started) / 1000)
      const overBareNode = megabytes(forwarder) - megabytes(bare)
      await writing
      return { processorPercent: 100 * share, overBareNode }
    } finally {
      for (const child of [forwarder, bare]) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    }
  })
}
