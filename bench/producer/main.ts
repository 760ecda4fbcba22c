// npm run bench -- producer: what one notification costs the program that makes it, natively and under Wine, alone and in company.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../lib/environment.ts'
import { makeRing, withFolder } from '../lib/rings.ts'
import { type Costs, costsOf, type Together, togetherOf } from './samples.ts'

const quick = process.argv.includes('--quick')
const ROUNDS = String(quick ? 5 : 60)
const ROUNDS_TOGETHER = String(quick ? 5 : 30)
const PROCESSES = [1, 2, 4, 8]
const SLOT_COUNT_LOG2 = 10

/** Runs a program to its end and returns what it printed. */
async function output(command: string, ...args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
  return Buffer.concat(chunks).toString('latin1')
}

/** With the compiler's settings of the DLL. */
function compileNative(): string {
  const program = 'build/bench/producer'
  const sources = ['checksum', 'record', 'ring'].map((name) => `dll/${name}.c`)
  const flags = ['-std=gnu11', '-O2', '-fno-vectorize', '-Wall', '-Wextra', '-Werror', '-Idll']
  execFileSync('clang', [...flags, 'bench/producer/native.c', ...sources, '-o', program])
  return program
}

async function native(folder: string) {
  const program = compileNative()
  const [ring, log, socket] = [makeRing(folder, SLOT_COUNT_LOG2), join(folder, 'log'), join(folder, 'socket')]
  const server = spawn(process.execPath, ['bench/producer/server.mjs', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  const alone = costsOf(await output(program, ring, ROUNDS, log, socket))
  rmSync(log)
  const together: Record<string, Together> = {}
  for (const processes of PROCESSES) {
    const start = String(Date.now() + 200)
    const all = Array.from({ length: processes }, () => output(program, ring, ROUNDS_TOGETHER, start))
    together[processes] = togetherOf((await Promise.all(all)).join(''))
  }
  return { alone, together }
}

async function underWine() {
  const wine = (...args: string[]) => output(process.execPath, 'bench/producer/wine.mjs', ...args)
  const alone = costsOf(await wine('alone', ROUNDS))
  const together: Record<string, Together> = {}
  for (const processes of PROCESSES) together[processes] = togetherOf(await wine('together', String(processes), ROUNDS_TOGETHER))
  return { alone, together }
}

const onLinux = await withFolder(native)
const onWine = await underWine()

/** Of figures of the same run. */
function ratio(costs: Costs, name: string, to: string, of: 'batch' | 'median' = 'batch'): number {
  const [above, below] = [costs[name], costs[to]]
  if (!above || !below) throw new Error(`${name} and ${to} were not both measured`)
  return Number((above[of] / below[of]).toPrecision(3))
}

const ratios = {
  producer_vs_clock_and_memcpy: ratio(onLinux.alone, 'notification', 'clocks and copy'),
  producer_vs_one_clock_and_memcpy: ratio(onLinux.alone, 'notification', 'one clock and copy'),
  producer_vs_floor: ratio(onLinux.alone, 'notification', 'floor'),
  log_vs_producer: ratio(onLinux.alone, 'log append', 'notification'),
  socket_vs_producer: ratio(onLinux.alone, 'socket json', 'notification'),
  wine_producer_without_token_vs_clock_and_memcpy: ratio(onWine.alone, 'notification without token', 'clocks and copy'),
  wine_producer_vs_token_query: ratio(onWine.alone, 'notification', 'token query'),
  wine_log_vs_producer: ratio(onWine.alone, 'log append', 'notification'),
  wine_pipe_vs_producer: ratio(onWine.alone, 'pipe json', 'notification'),
  wine_pipe_vs_producer_single_calls: ratio(onWine.alone, 'pipe json', 'notification', 'median'),
  wine_pipe_vs_producer_without_token: ratio(onWine.alone, 'pipe json', 'notification without token'),
}
const result = { ratios, native: onLinux, wine: onWine, environment: environment(), quick }
process.stdout.write(`${JSON.stringify(result)}\n`)
