// The lock of a consumer: what keeps it from being taken is named as what it is, and nothing is waited for or left open.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTap } from '../../host/index.ts'
import { lockFile } from '../../host/system/file-lock.ts'
import * as nativeCode from '../../host/system/native.ts'
import { openFiles, RingsOnDisk } from '../host/rings-on-disk.ts'

const rings = new RingsOnDisk()
const lockOf = (name: string) => join(rings.directory, 'consumers', `${name}.lock`)
const open = (consumer: string) => openTap({ sources: [rings.directory], from: { consumer } })
afterEach(() => vi.restoreAllMocks())

/** From now on flock() fails with this error of errno.h. */
function failLocking(code: string): void {
  const { errno } = nativeCode.native().os
  vi.spyOn(nativeCode, 'native').mockReturnValue({
    load: () => ({ func: () => () => -1 }),
    errno: () => errno[code],
    os: { errno },
  } as unknown as ReturnType<typeof nativeCode.native>)
}

describe('an error of locking is called what it is', () => {
  it.each(['ENOLCK', 'EBADF', 'EINTR', 'ENOTSUP', 'EIO'])('%s is not another process', (code) => {
    mkdirSync(join(rings.directory, 'consumers'))
    failLocking(code)
    expect(() => lockFile(lockOf('audit'))).toThrow(expect.objectContaining({ code }))
    expect(openFiles()).toEqual([])
  })

  it('EWOULDBLOCK is another process', () => {
    mkdirSync(join(rings.directory, 'consumers'))
    writeFileSync(lockOf('audit'), '4711\n')
    failLocking('EWOULDBLOCK')
    expect(() => lockFile(lockOf('audit'))).toThrow(expect.objectContaining({ name: 'Error', holder: '4711' }))
    expect(openFiles()).toEqual([])
  })
})

describe('a lock file that is something else', () => {
  it.each<[string, string, (path: string) => void]>([
    ['a FIFO', 'it is not a plain file', (path) => void execFileSync('mkfifo', [path])],
    ['a folder', 'it is a folder', (path) => void mkdirSync(path)],
    ['a link to nothing', 'it is a link', (path) => symlinkSync('nowhere', path)],
    ['a link to itself', 'it is a link', (path) => symlinkSync(path, path)],
  ])('%s is refused at once, and named', async (_, what, make) => {
    mkdirSync(join(rings.directory, 'consumers'))
    make(lockOf('audit'))
    const message = expect.stringContaining(`${lockOf('audit')} is not a lock file (${what})`)
    await expect(open('audit')).rejects.toMatchObject({ code: 'MPRTAP_CONSUMER', message })
    expect(openFiles()).toEqual([])
  })

  it('of any size is not read whole to find out who holds it', async () => {
    const first = await open('audit')
    truncateSync(lockOf('audit'), 2 ** 40)
    await expect(open('audit')).rejects.toMatchObject({ message: expect.stringContaining(`in use by process ${process.pid} `) })
    await first.close()
  })

  it('that was replaced by a FIFO while it is held is not waited for', async () => {
    const first = await open('audit')
    rmSync(lockOf('audit'))
    execFileSync('mkfifo', [lockOf('audit')])
    await expect(open('audit')).rejects.toMatchObject({ code: 'MPRTAP_CONSUMER' })
    await first.close()
    expect(openFiles()).toEqual([])
  })
})
