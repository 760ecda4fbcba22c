import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderChanges } from '../../host/rings/folder-changes.ts'

let directory: string
let folder: string
let changes: FolderChanges
/** Long after whatever the test did, by the wall. */
const LATER = Date.now() + 600_000

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-folder-'))
  folder = join(directory, 'users')
  mkdirSync(folder)
  writeFileSync(join(folder, 'old'), '')
  changes = new FolderChanges([folder, join(directory, 'administrators')])
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Until the file system's clock has moved on, so that the next change shows in a folder's times. */
const tick = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('whether files may have come or gone', () => {
  it('is answered yes at first, then no as long as nothing happens', () => {
    expect([0, 1000, 2000, 59_999].map((now) => changes.since(now, LATER))).toEqual([true, false, false, false])
  })

  it.each<[string, () => void]>([
    ['a file came', () => writeFileSync(join(folder, 'new'), '')],
    ['a file went', () => rmSync(join(folder, 'old'))],
    ['a file was renamed', () => renameSync(join(folder, 'old'), join(folder, 'aside'))],
    ['a folder came', () => mkdirSync(join(directory, 'administrators'))],
    ['a folder went', () => rmSync(folder, { recursive: true })],
    [
      'a folder was put in the place of another',
      () => {
        renameSync(folder, `${folder}.aside`)
        mkdirSync(folder)
      },
    ],
  ])('is answered yes, once, when %s', async (_, change) => {
    changes.since(0, LATER)
    await tick()
    change()
    expect([1000, 2000].map((now) => changes.since(now, LATER))).toEqual([true, false])
  })

  it('is answered no when something was written into a file', async () => {
    changes.since(0, LATER)
    await tick()
    writeFileSync(join(folder, 'old'), 'more')
    expect(changes.since(1000, LATER)).toBe(false)
  })

  it('is answered yes for as long as a further change might not show in the folder’s times', () => {
    const now = Date.now()
    expect(changes.since(0, now)).toBe(true)
    expect(changes.since(1, now + 1000)).toBe(true)
    expect(changes.since(2, now + 10_000)).toBe(true) // what may have changed since it was asked last
    expect(changes.since(3, now + 10_001)).toBe(false)
  })

  it('is answered yes once a minute in any case', () => {
    changes.since(0, LATER)
    expect([59_999, 60_000, 60_001, 119_999, 120_000].map((now) => changes.since(now, LATER))).toEqual([false, true, false, false, true])
  })

  it('is answered yes always where a folder cannot be looked at', () => {
    rmSync(folder, { recursive: true })
    symlinkSync(folder, folder)
    expect([0, 1000, 2000].map((now) => changes.since(now, LATER))).toEqual([true, true, true])
  })
})
