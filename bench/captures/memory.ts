// Verbs over very many operations: how much memory they take, and how long.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../scale/figure.ts'
import type { Corpus } from './corpus.ts'

/** The capture again and again, as if other machines had written it: other hosts, other file ids. */
export function copies(folder: string, { capture, records }: Corpus, operations: number): string[] {
  const bytes = readFileSync(capture)
  const paths: string[] = []
  for (let copy = 0; copy * (records / 2) < operations; copy++) {
    const name = Buffer.from(`host=${String(copy).padStart(hostname().length, 'H')} `)
    for (let at = bytes.indexOf('mprtap ring host='); at >= 0; at = bytes.indexOf('mprtap ring host=', at + 1)) {
      name.copy(bytes, at + 'mprtap ring '.length)
      const id = bytes.indexOf(' file=', at) + ' file='.length
      bytes.write(String(copy).padStart(4, '0'), id, 'latin1')
    }
    const path = join(folder, `copy-${copy}.pcapng`)
    writeFileSync(path, bytes)
    paths.push(path)
  }
  return paths
}

/** Highest resident memory of a process so far, MB. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export async function memoryOf(verb: readonly string[], paths: readonly string[], operations: number): Promise<Figure[]> {
  const started = performance.now()
  const child = spawn(process.execPath, ['build/cli.js', ...verb, ...paths], { stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', (text) => {
    told += text
  })
  let peak = 0
  const poll = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid!))
  }, 50)
  const [code] = await once(child, 'close')
  clearInterval(poll)
  if (code !== 0) throw new Error(`${verb.join(' ')} ended with ${code}: ${told.slice(-500)}`)
  const seconds = (performance.now() - started) / 1000
  const what = `${verb[0]} over ${operations.toLocaleString('en-US')} operations`
  return [
    { what: `${what}, memory`, value: Math.round(peak), unit: 'MB', note: 'goal: under 400' },
    { what: `${what}, time`, value: Number(seconds.toPrecision(3)), unit: 's' },
  ]
}
