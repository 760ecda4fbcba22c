// A lock that dies with its process: taken by the operating system on an open file, so that nothing is left to clean up after a kill.

import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { win32 } from 'node:path'
import { native } from './native.ts'

/** Bytes of a lock file that may say who holds it. */
const HOLDER_BYTES = 16

/** A lock that is held. */
export interface FileLock {
  release(): void
}

/** Somebody else holds it; `holder` is the process id found in the file, if any. */
export class LockedError extends Error {
  readonly holder: string

  constructor(path: string, holder: string) {
    super(`${path} is locked`)
    this.holder = holder
  }
}

/**
 * Locks a file, which is made when missing and stays when released: removing it would let two processes hold locks of the same name.
 * @throws LockedError when it is locked already, by this process or another; Node's system errors (`code`) when it cannot be opened.
 */
export function lockFile(path: string): FileLock {
  return process.platform === 'win32' ? lockOnWindows(path) : lockOnLinux(path)
}

const LOCK_EXCLUSIVELY_OR_FAIL = 2 | 4

function lockOnLinux(path: string): FileLock {
  const flock = native().load(null).func('int flock(int fd, int operation)')
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  if (!fstatSync(fd).isFile()) {
    closeSync(fd)
    throw Object.assign(new Error(`${path} is not a plain file`), { code: 'EINVAL' })
  }
  if (flock(fd, LOCK_EXCLUSIVELY_OR_FAIL) !== 0) {
    const errno = native().errno()
    closeSync(fd)
    const names = Object.entries(native().os.errno)
    const code = names.find(([, value]) => value === errno)?.[0] ?? 'EIO'
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK') throw new LockedError(path, holderOf(path))
    throw Object.assign(new Error(`${path} cannot be locked (${code})`), { code })
  }
  try {
    ftruncateSync(fd)
    writeSync(fd, `${process.pid}\n`)
  } catch (error) {
    closeSync(fd) // the disk is full: nobody holds this lock, then
    throw error
  }
  return { release: () => closeSync(fd) }
}

const GENERIC_READ_WRITE = 0xc0000000
const FILE_SHARE_READ = 1
const OPEN_ALWAYS = 4
const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
const ERROR_SHARING_VIOLATION = 32
const CODES: Readonly<Record<number, string>> = { 2: 'ENOENT', 3: 'ENOENT', 5: 'EACCES', 19: 'EROFS' }

/** A virus scanner or a backup opens a new file for a moment and may refuse to share it. So the opening is tried this many times, with this many ms between. */
const ATTEMPTS = 10
const PAUSE_MS = 25

/** The lock is the refused sharing: while one process has the file open for writing, no other can open it so. */
function lockOnWindows(path: string): FileLock {
  const kernel32 = native().load('kernel32.dll')
  const createFile = kernel32.func('intptr_t __stdcall CreateFileW(str16, uint32_t, uint32_t, void *, uint32_t, uint32_t, intptr_t)')
  const writeFile = kernel32.func('int __stdcall WriteFile(intptr_t, void *, uint32_t, _Out_ uint32_t *, void *)')
  const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t)')
  const lastError = kernel32.func('uint32_t __stdcall GetLastError()')
  const long = win32.toNamespacedPath(win32.resolve(path))
  const { handle: file, error } = untilShared(() => {
    const handle = createFile(long, GENERIC_READ_WRITE, FILE_SHARE_READ, null, OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT, 0)
    return BigInt(handle) === -1n ? { handle, error: lastError() } : { handle, error: 0 }
  })
  if (error !== 0) {
    if (error === ERROR_SHARING_VIOLATION) throw new LockedError(path, holderOf(path))
    throw Object.assign(new Error(`opening ${path} failed with Windows error ${error}`), { code: CODES[error] ?? 'EIO' })
  }
  const text = Buffer.from(`${process.pid}\n`)
  writeFile(file, text, text.length, [0], null)
  return { release: () => void closeHandle(file) }
}

/** Opens once more, a few times, while another program does not share the file. */
export function untilShared<Result extends { readonly error: number }>(open: () => Result, pause: () => void = pauseShortly): Result {
  let result = open()
  for (let attempt = 1; attempt < ATTEMPTS && result.error === ERROR_SHARING_VIOLATION; attempt++) {
    pause()
    result = open()
  }
  return result
}

function pauseShortly(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
}

/** A program that may write into the folder may have put anything there: opening a FIFO would wait, and a file may be too large to be read whole. */
function beginningOf(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const bytes = Buffer.alloc(HOLDER_BYTES)
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, HOLDER_BYTES, 0))
  } finally {
    closeSync(fd)
  }
}

function holderOf(path: string): string {
  try {
    return /^\d{1,10}/.exec(beginningOf(path))?.[0] ?? ''
  } catch {
    return ''
  }
}
