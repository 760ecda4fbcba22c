// Takes one user's records out of a capture that nobody writes: another file is written beside it, synced, and given its name.

import { closeSync, fdatasyncSync, futimesSync, lstatSync, openSync, renameSync, rmSync, type Stats, unlinkSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type UserInCapture, withoutUser } from './without-user.ts'

/** Blocks are written, and compressed, when this number of bytes waits. */
const WRITE_BYTES = 1 << 20

/** `none`: the capture has nothing of this user; `changed`: somebody else changed or removed it meanwhile. The file is as it was then. */
export type Forgotten = 'none' | 'removed' | 'rewritten' | 'changed' | 'refused'

export interface ForgottenUser extends UserInCapture {
  readonly outcome: Forgotten
}

/**
 * Afterwards the capture has everything but the records, losses and name of this user; a capture that has nothing else is removed. After a crash at any
 * moment there is the old file or the new one.
 * @param sid in any case. @param isTried nothing is changed: what would be is said.
 * @throws MprtapError MPRTAP_CAPTURE_INVALID when it cannot be opened; Node's system errors.
 */
export async function forgetUser(path: string, sid: string, isTried = false): Promise<ForgottenUser> {
  const status = lstatSync(path)
  const found = await withoutUser(path, sid)
  if (found.refusal !== undefined) return { ...found, outcome: 'refused' }
  if (found.rings === 0) return { ...found, outcome: 'none' }
  const outcome = found.others === 0 ? 'removed' : 'rewritten'
  if (isTried) return { ...found, outcome }
  const isDone = outcome === 'removed' ? isSame(path, status) && remove(path) : await rewrite(path, sid, status)
  return { ...found, outcome: isDone ? outcome : 'changed' }
}

function remove(path: string): true {
  unlinkSync(path)
  return true
}

async function rewrite(path: string, sid: string, status: Stats): Promise<boolean> {
  // No reading verb takes a file of such a name for a capture.
  const temporary = `${path}.new`
  rmSync(temporary, { force: true })
  const writer = new Writer(temporary, status, /\.gz$/i.test(path))
  try {
    try {
      await withoutUser(path, sid, (block) => writer.add(block))
      writer.finish()
    } finally {
      writer.close()
    }
    if (!isSame(path, status)) return false
    renameSync(temporary, path)
    return true
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** Whether nobody has written or replaced the file since. */
function isSame(path: string, { ino, size, mtimeMs }: Stats): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false })
  return now !== undefined && now.ino === ino && now.size === size && now.mtimeMs === mtimeMs
}

class Writer {
  readonly #fd: number
  readonly #status: Stats
  readonly #isCompressed: boolean
  #waiting: Uint8Array[] = []
  #bytes = 0

  constructor(path: string, status: Stats, isCompressed: boolean) {
    this.#fd = openSync(path, 'wx', status.mode & 0o777)
    this.#status = status
    this.#isCompressed = isCompressed
  }

  add(block: Uint8Array): void {
    this.#waiting.push(block.slice())
    this.#bytes += block.length
    if (this.#bytes >= WRITE_BYTES) this.#write()
  }

  finish(): void {
    this.#write()
    // How long captures are kept is counted from their last write, which this is not.
    futimesSync(this.#fd, this.#status.atime, this.#status.mtime)
    fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #write(): void {
    const blocks = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#bytes = 0
    // Compressed pieces one after the other are a compressed file (RFC 1952, section 2.2).
    const bytes = this.#isCompressed ? gzipSync(blocks) : blocks
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written)
  }
}
