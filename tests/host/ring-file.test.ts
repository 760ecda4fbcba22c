import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { instantiate } from '../../host/core/exports.ts'
import { mustBeRing } from '../../host/rings/place.ts'
import { openFile } from '../../host/system/file.ts'
import { openFiles, RingsOnDisk } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const openRingFile = (path: string) => openFile(path, (facts) => mustBeRing(path, facts, undefined))
const file = (bytes: Uint8Array) => {
  const path = join(rings.directory, 'file')
  writeFileSync(path, bytes)
  return path
}
const numbers = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251)
describe('a ring file', () => {
  it('copies bytes from any offset, and nothing beside them', () => {
    const ring = openRingFile(file(numbers))
    expect(ring.size).toBe(10_000)
    const target = new Uint8Array(300).fill(255)
    expect(ring.copy(5001, target.subarray(100, 200))).toBe(true)
    expect(target).toEqual(Uint8Array.from({ length: 300 }, (_, i) => (i < 100 || i >= 200 ? 255 : (5001 + i - 100) % 251)))
    ring.close()
  })

  it('copies into the memory of a WebAssembly instance', () => {
    const ring = openRingFile(file(numbers))
    const { memory } = instantiate()
    const target = new Uint8Array(memory.buffer, 1000, 9000)
    expect(ring.copy(1000, target)).toBe(true)
    expect(Buffer.compare(target, numbers.subarray(1000))).toBe(0)
    ring.close()
  })

  it('says so when it does not have the bytes, and does not kill the process', () => {
    const path = file(numbers)
    const ring = openRingFile(path)
    const target = new Uint8Array(100)
    expect(ring.copy(9_901, target)).toBe(false)
    expect(ring.copy(20_000, target)).toBe(false)
    truncateSync(path, 50)
    expect(ring.copy(0, target)).toBe(false)
    truncateSync(path, 0)
    expect(ring.copy(0, target)).toBe(false)
    ring.close()
  })

  it('stays readable when it is renamed or removed: an open file is an open file', () => {
    const path = file(numbers)
    const ring = openRingFile(path)
    renameSync(path, `${path}.old`)
    rmSync(`${path}.old`)
    const target = new Uint8Array(10)
    expect(ring.copy(0, target)).toBe(true)
    expect([...target]).toEqual([...numbers.subarray(0, 10)])
    ring.close()
  })

  it('is closed by close()', () => {
    const path = file(numbers)
    const ring = openRingFile(path)
    expect(openFiles()).toContain(path)
    ring.close()
    expect(openFiles()).not.toContain(path)
  })
})

describe('what cannot be opened as one', () => {
  const path = () => join(rings.directory, 'thing')
  const opening = () => {
    try {
      openRingFile(path()).close()
      return 'opened'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code
    } finally {
      expect(openFiles()).not.toContain(path())
    }
  }

  it('is missing', () => expect(opening()).toBe('ENOENT'))

  it('is a directory', () => {
    mkdirSync(path())
    expect(opening()).toBe('EINVAL')
  })

  it('is a FIFO: nobody waits for its writer', () => {
    execFileSync('mkfifo', [path()])
    expect(opening()).toBe('EINVAL')
  })

  it('is a symbolic link, even to a good file', () => {
    symlinkSync(file(numbers), path())
    expect(opening()).toBe('ELOOP')
  })

  it('is a device', () => {
    execFileSync('ln', ['-s', '/dev/zero', path()])
    expect(opening()).toBe('ELOOP')
    expect(() => openRingFile('/dev/zero')).toThrow('not a file')
  })

  it('has a second name, under which somebody else may change it', () => {
    linkSync(file(numbers), path())
    expect(opening()).toBe('EINVAL')
  })
})
