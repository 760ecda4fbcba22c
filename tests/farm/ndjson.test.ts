// Operations as lines of JSON, in files and through a pipe.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { ToolFolder } from '../captures/debian-tools.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, until } from './farm.ts'

const folder = new ToolFolder()
const rings = new RingsOnDisk()

function forward(...args: string[]) {
  const child = spawn(process.execPath, [
    inRoot('build/cli.js'),
    'forward',
    '--linger',
    '20ms',
    '--checkpoint-folder',
    folder.file('checkpoints'),
    ...args,
    rings.directory,
  ])
  const running = { child, stdout: '', stderr: '', ended: once(child, 'close') }
  child.stdout.on('data', (text) => {
    running.stdout += text
  })
  child.stderr.on('data', (text) => {
    running.stderr += text
  })
  return running
}

const files = () => readdirSync(folder.path).filter((name) => name.endsWith('.ndjson')).sort((a, b) => numberOf(a) - numberOf(b)) // biome-ignore format: short
const numberOf = (name: string) => Number(/-(\d+)\.ndjson$/.exec(name)![1])
/** Whole lines; the last of a file may be torn by a kill. */
const lines = () => files().flatMap((name) => readFileSync(join(folder.path, name), 'utf8').split('\n').slice(0, -1)).map((line) => JSON.parse(line)) // biome-ignore format: short

describe('forward --to file:', () => {
  it('has each operation in a file when it is killed again and again, and no line torn', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    for (let round = 0; round < 4; round++) {
      const forwarder = forward('--to', `file:${folder.file('events')}`, '--rotate-size', '20KB', '--keep', '100')
      appendOperations(ring, 100)
      await until(() => lines().filter(({ type }) => type === 'operation').length >= 100 * round + 50)
      forwarder.child.kill('SIGKILL')
      await forwarder.ended
    }
    const last = forward('--to', `file:${folder.file('events')}`)
    appendOperations(ring, 10)
    await until(() => new Set(lines().map(({ id }) => id)).size === 410)
    last.child.kill('SIGTERM')
    await last.ended
    expect(last.child.exitCode).toBe(0)
    expect(new Set(lines().map(({ id }) => id)).size).toBe(410)
    // No file is written again: each process, and each full file, has a new name.
    expect(files().length).toBeGreaterThan(1)
    expect(files().map(numberOf)).toEqual(files().map((_, i) => i + 1))
  })
})

describe('forward --to -', () => {
  it('prints operations and nothing else on standard output, and goes on where it was', async () => {
    const ring = rings.create()
    appendOperations(ring, 20)
    const first = forward('--to', '-')
    await until(() => first.stdout.split('\n').length > 20)
    first.child.kill('SIGTERM')
    await first.ended
    expect(first.stderr).toMatch(/20 operations in \d+ batches to -, 0 lost/)
    appendOperations(ring, 5)
    const second = forward('--to', '-')
    await until(() => second.stdout.split('\n').length > 5)
    second.child.kill('SIGTERM')
    await second.ended
    const all = [first, second].flatMap(({ stdout }) => stdout.trim().split('\n')).map((line) => JSON.parse(line).id)
    expect(all).toHaveLength(25)
    expect(new Set(all).size).toBe(25)
  })

  it('refuses what it cannot forward to, without showing a secret', async () => {
    const running = forward('--to', 'ftp://bob:hunter2@host')
    await running.ended
    expect(running.child.exitCode).toBe(2)
    expect(running.stderr).toMatch(/is nothing to forward to/)
    expect(running.stderr).not.toMatch(/hunter2/)
  })
})
