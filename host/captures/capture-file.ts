// A capture that is being written: whole blocks are appended, and what could only be written in part is taken back.

import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const sync = promisify(fdatasync)

export class CaptureFile {
  readonly path: string
  readonly #fd: number
  /** Bytes of whole blocks. */
  #size = 0

  /** Makes the file. @throws Node's system errors: EEXIST when there is one of that name. */
  constructor(path: string) {
    this.path = path
    this.#fd = openSync(path, 'wx', 0o600)
    syncFolder(dirname(path))
  }

  get size(): number {
    return this.#size
  }

  /** Appends whole blocks, or nothing. @throws Node's system errors, such as ENOSPC; what was written in part is gone then. */
  append(blocks: Uint8Array): void {
    let written = 0
    try {
      while (written < blocks.length) written += writeSync(this.#fd, blocks, written, blocks.length - written, this.#size + written)
    } catch (error) {
      if (written > 0) ftruncateSync(this.#fd, this.#size)
      throw error
    }
    this.#size += written
  }

  /** Resolves when what was appended is on the disk. */
  sync(): Promise<void> {
    return sync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The name of a new file is on the disk only when its folder is. Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
