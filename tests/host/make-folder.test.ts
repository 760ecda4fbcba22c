// Folders are made with those above them, and the making comes to an end wherever it is tried.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeFolder } from '../../host/system/make-folder.ts'
import { CLI } from '../cli/command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-make-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('makes all that is missing, with its mode', () => {
  makeFolder(join(folder, 'a', '..', 'b', 'c'), 0o700)
  for (const made of ['b', 'b/c']) expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700)
})

it('leaves what is there as it is', () => {
  mkdirSync(join(folder, 'a'))
  chmodSync(join(folder, 'a'), 0o755)
  makeFolder(join(folder, 'a'), 0o700)
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o755)
})

it('refuses a file in its place, or above it', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/)
  expect(() => makeFolder(join(folder, 'file', 'a', 'b'))).toThrow(/ENOTDIR/)
})

it.runIf(process.platform === 'linux')('ends where the system has no such folder and makes none', () => {
  expect(() => makeFolder('/proc/nothing/a')).toThrow(/ENOENT/)
})

it.runIf(process.platform === 'linux').each([
  [['generate', '--folder', '/proc/nothing/rings', '--operations', '1'], 1],
  [['record', '--to', '/proc/nothing/captures/'], 2],
  [['watch', '--consumer', 'one', '--checkpoint-folder', '/proc/nothing/consumers'], 1],
])('%j ends with an error', (words, code) => {
  const rings = join(folder, 'rings')
  mkdirSync(join(rings, 'users'), { recursive: true })
  const sources = words[0] === 'generate' ? [] : [rings]
  const { status, signal, stderr } = spawnSync(process.execPath, [CLI, ...words, ...sources], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  expect({ signal, status, stderr }).toEqual({ signal: null, status: code, stderr: expect.stringContaining('ENOENT') })
})
