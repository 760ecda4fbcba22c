// How the host opens and removes files on Windows: it waits for nobody. Wine knows no oplocks and removes what is mapped; here Windows' functions
// are replaced by some that do what Windows documents.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { untilShared } from '../../host/system/file-lock.ts'
import { type NtFiles, ntOpen, ntRemove, SHARE_ALL } from '../../host/system/nt-open.ts'
import { openUnderHandle } from '../../host/system/open-for-reading.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'

const FILE_COMPLETE_IF_OPLOCKED = 0x100
const FILE_OPEN_REPARSE_POINT = 0x200000
const FILE_NON_DIRECTORY_FILE = 0x40
const GENERIC_READ = 0x80000000
const DELETE = 0x10000
const STATUS_OPLOCK_BREAK_IN_PROGRESS = 0x108

/** Windows, with one file that is in a state. */
class Windows implements NtFiles {
  readonly opened: { path: string; access: number; share: number; options: number }[] = []
  openHandles = 0
  isRemoved = false
  readonly #status: number
  readonly #isMapped: boolean

  constructor(status = 0, isMapped = false) {
    this.#status = status
    this.#isMapped = isMapped
  }

  open(path: string, access: number, share: number, options: number) {
    this.opened.push({ path, access, share, options })
    // "Checking the Oplock State of an IRP_MJ_CREATE operation": without the option the call returns when the holder allows it.
    if (this.#status === STATUS_OPLOCK_BREAK_IN_PROGRESS && !(options & FILE_COMPLETE_IF_OPLOCKED)) throw new Error('waits for ever')
    if (this.#status < 0x80000000) this.openHandles++
    return { status: this.#status, handle: 4n }
  }

  errorOfStatus = (status: number) => (status === 0xc000007f ? 112 : 317)
  closeHandle = () => void this.openHandles--
  lastError = () => 5

  setInformation(_: bigint, kind: number, data: Uint8Array): number {
    expect([kind, ...data]).toEqual([4, 1])
    // "FILE_DISPOSITION_INFORMATION structure": STATUS_CANNOT_DELETE for a file with a mapped view.
    if (this.#isMapped) return 0
    this.isRemoved = true
    return 1
  }
}

const path = 'C:\\ProgramData\\mprtap\\users\\a.ring'

describe('opening a file on Windows', () => {
  it('does not wait for the holder of an oplock, and leaves no handle open', () => {
    const windows = new Windows(STATUS_OPLOCK_BREAK_IN_PROGRESS)
    expect(ntOpen(path, GENERIC_READ, 'file', SHARE_ALL, windows)).toEqual({ error: 32 })
    expect(windows.openHandles).toBe(0)
  })

  it('opens the link itself, shares everything, and asks for no folder where a file is wanted', () => {
    const windows = new Windows()
    expect(ntOpen(path, GENERIC_READ, 'file', SHARE_ALL, windows)).toEqual({ handle: 4n })
    expect(windows.opened[0]).toMatchObject({ path: `\\??\\${path}`, share: 7 })
    const { options } = windows.opened[0]!
    expect(options & FILE_OPEN_REPARSE_POINT).not.toBe(0)
    expect(options & FILE_NON_DIRECTORY_FILE).not.toBe(0)
    ntOpen(path, GENERIC_READ, 'any', SHARE_ALL, windows)
    expect(windows.opened[1]!.options & FILE_NON_DIRECTORY_FILE).toBe(0)
  })

  it.each([
    ['not there', 0xc0000034, 2],
    ['denied', 0xc0000022, 5],
    ['shared with nobody', 0xc0000043, 32],
    ['about to be deleted', 0xc0000056, 5],
    ['a folder', 0xc00000ba, 336],
    ['on a full disk, which Windows puts into words itself', 0xc000007f, 112],
    ['half a success that is not known', 0x104, 31],
  ])('%s: says so with an error, and leaves no handle open', (_, status, error) => {
    const windows = new Windows(status)
    expect(ntOpen(path, GENERIC_READ, 'file', SHARE_ALL, windows)).toEqual({ error })
    expect(windows.openHandles).toBe(0)
  })

  it.each([
    ['C:/ProgramData/mprtap/../x', '\\??\\C:\\ProgramData\\x'],
    ['\\\\?\\C:\\x. ', '\\??\\C:\\x. '],
    ['\\\\server\\share\\x', '\\??\\UNC\\server\\share\\x'],
    [`C:\\${'a\\'.repeat(2000)}x`, `\\??\\C:\\${'a\\'.repeat(2000)}x`],
  ])('takes the path %j as Windows’ kernel has it', (given, kernel) => {
    const windows = new Windows()
    ntOpen(given, GENERIC_READ, 'file', SHARE_ALL, windows)
    expect(windows.opened[0]!.path).toBe(kernel)
  })

  it('refuses a path that is longer than a name can be there', () => {
    const windows = new Windows()
    expect(ntOpen(`C:\\${'a'.repeat(0x8000)}`, GENERIC_READ, 'file', SHARE_ALL, windows)).toEqual({ error: 2 })
    expect(windows.opened).toEqual([])
  })
})

describe('opening a file at rest on Windows', () => {
  it('does not wait for the holder of an oplock, and Node does not open it', () => {
    const windows = new Windows(STATUS_OPLOCK_BREAK_IN_PROGRESS)
    const open = () => expect.unreachable('Node would wait')
    expect(() => openUnderHandle(path, open, windows)).toThrow(expect.objectContaining({ code: 'EBUSY' }))
    expect(windows.openHandles).toBe(0)
  })

  it('happens under a handle of our own, which keeps others from an oplock meanwhile, and leaves none open', () => {
    const windows = new Windows()
    expect(openUnderHandle(path, () => windows.openHandles, windows)).toBe(1)
    expect(windows.openHandles).toBe(0)
    expect(() => openUnderHandle(path, () => expect.unreachable('no'), windows)).toThrow('no')
    expect(windows.openHandles).toBe(0)
  })

  it('follows a link, as Node does: the handle is one of the same file', () => {
    const windows = new Windows()
    openUnderHandle(path, () => 1, windows)
    expect(windows.opened[0]!.options & FILE_OPEN_REPARSE_POINT).toBe(0)
    expect(windows.opened[0]!.access & GENERIC_READ).not.toBe(0)
  })

  it('is how every file is opened that others may have made: no other part of the host opens one for reading by itself', () => {
    // Files of this package, of folders that only administrators and the service can reach (access.test.ts), and what tests make.
    const free = ['system/', 'testing/', 'windows/dlls.ts', 'sinks/spool.ts']
    const opening = /\breadFileSync\((?!file\b|fd\b)|\bopenSync\((?![^)]*(?:'wx'|O_CREAT))|\bcreateReadStream\((?![^)]*\bfd\b)/
    const found = readdirSync(inRoot('host'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !free.some((start) => name.startsWith(start)))
      .filter((name) => opening.test(readFileSync(join(inRoot('host'), name), 'utf8')))
    // It opens a folder, on Linux only.
    expect(found).toEqual(['captures/capture-file.ts'])
  })
})

describe('removing a file on Windows', () => {
  it('removes it, by a handle of its own', () => {
    const windows = new Windows()
    expect(ntRemove(path, windows)).toBe(0)
    expect(windows).toMatchObject({ isRemoved: true, openHandles: 0 })
    expect(windows.opened[0]!.access & DELETE).not.toBe(0)
  })

  it('leaves one that a program has mapped where it is, and says so', () => {
    const windows = new Windows(0, true)
    expect(ntRemove(path, windows)).toBe(5)
    expect(windows).toMatchObject({ isRemoved: false, openHandles: 0 })
  })

  it('does not wait for the holder of an oplock', () => {
    const windows = new Windows(STATUS_OPLOCK_BREAK_IN_PROGRESS)
    expect(ntRemove(path, windows)).toBe(32)
    expect(windows).toMatchObject({ isRemoved: false, openHandles: 0 })
  })
})

describe('a file that another program does not share', () => {
  it('is opened once that program, such as a virus scanner, has let go of it', () => {
    let refusals = 3
    expect(
      untilShared(
        () => ({ error: refusals-- > 0 ? 32 : 0 }),
        () => {},
      ),
    ).toEqual({ error: 0 })
  })

  it('is given up after a few attempts, and any other error at once', () => {
    let attempts = 0
    const always = (error: number) => () => {
      attempts++
      return { error }
    }
    expect(untilShared(always(32), () => {})).toEqual({ error: 32 })
    expect(attempts).toBe(10)
    expect(untilShared(always(5), () => {})).toEqual({ error: 5 })
    expect(attempts).toBe(11)
  })
})

it('no function of Windows is declared as returning bool: BOOL is any value but 0, and koffi looks at one bit of a bool', () => {
  const folder = inRoot('host/system')
  const wrong = readdirSync(folder).filter((name) =>
    /\bbool __stdcall|__stdcall \w+\([^)]*\bbool\b/.test(readFileSync(join(folder, name), 'utf8')),
  )
  expect(wrong).toEqual([])
})
