// Recorders as processes of their own, and what the captures that they leave hold together.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capturesNamed } from '../../host/captures/capture-names.ts'
import { contentOf } from './ring-captures.ts'

const cli = join(import.meta.dirname, '../../build/cli.js')

export class RecorderProcess {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly #ended: Promise<unknown>

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [cli, 'record', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout!.on('data', (text) => {
      this.stdout += text
    })
    this.child.stderr!.on('data', (text) => {
      this.stderr += text
    })
    this.#ended = once(this.child, 'close')
  }

  /** Resolves with the exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals> {
    await this.#ended
    return this.child.exitCode ?? this.child.signalCode!
  }

  /** Resolves when standard error says so, or the process has ended. */
  async says(text: string): Promise<void> {
    let hasEnded = false
    void this.#ended.then(() => {
      hasEnded = true
    })
    while (!this.stderr.includes(text) && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  async kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal)
    return this.ended()
  }
}

/** How often each line ("record 5", "overrun 6-8") is in the captures of this NAME, by ring. */
export function countsIn(folder: string, name: string): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>()
  for (const { path } of capturesNamed(folder, name)) {
    for (const [key, lines] of contentOf(new Uint8Array(readFileSync(path))).packets) {
      const ring = counts.get(key) ?? new Map<string, number>()
      counts.set(key, ring)
      for (const line of lines) {
        const short = line.split(' ').slice(0, 2).join(' ')
        ring.set(short, (ring.get(short) ?? 0) + 1)
      }
    }
  }
  return counts
}

/** So many records, each once. */
export function eachOnce(records: number): Map<string, number> {
  return new Map(Array.from({ length: records }, (_, i) => [`record ${i}`, 1]))
}
