// Rings and native writers for the latency and scale benchmarks.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'
import { RingWriter, ringFileName } from '../../host/testing/index.ts'

const DLL_SOURCES = ['checksum', 'record', 'ring'].map((name) => `dll/${name}.c`)

/** Compiles bench/lib/writer.c and returns the path: a program, or with `shared` a library. */
function compile(shared: boolean): string {
  const output = `build/bench/writer${shared ? '.so' : ''}`
  const kind = shared ? ['-shared', '-fPIC'] : []
  execFileSync('clang', [
    '-std=gnu11',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-Idll',
    ...kind,
    'bench/lib/writer.c',
    ...DLL_SOURCES,
    '-o',
    output,
  ])
  return output
}

/** A folder below build/bench/ that is removed after `work`. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync('build/bench', { recursive: true })
  const folder = mkdtempSync('build/bench/rings-')
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function makeRing(folder: string, slotCountLog2: number, user = 1104): string {
  const sid = `S-1-5-21-1004336348-1177238915-682003330-${user}`
  const path = join(folder, ringFileName(sid))
  RingWriter.create({ sid, slotCountLog2 }, path).close()
  return path
}

let program: string | undefined

/** Starts a process that writes `count` notifications at `rate` a second; resolves with how many were not written when it has ended. */
export async function startWriter(path: string, rate: number, count: number): Promise<number> {
  program ??= compile(false)
  const child = spawn(program, [path, String(rate), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  const unwritten = /unwritten (\d+)/.exec(output)?.[1]
  if (code !== 0 || unwritten === undefined) throw new Error(`the writer ended with ${code}: ${output}`)
  return Number(unwritten)
}

/** A writer in this process, for bulk: `write(count)`. */
export function openWriter(path: string): (count: number) => void {
  const library = koffi.load(`./${compile(true)}`)
  if (library.func('int writer_open(const char *path)')(path) !== 0) throw new Error(`${path} cannot be written`)
  return library.func('void writer_write(uint32_t count)') as (count: number) => void
}
