// A capture that lies in a file, read as it is; and bytes in memory.

import { type BigIntStats, closeSync, fstatSync, readSync } from 'node:fs'
import { MprtapError } from '../model/errors.ts'
import { openForReading } from '../system/open-for-reading.ts'
import { INPUT_ENDED, type Input } from './input.ts'
import { gunzipFile, isGzip, standardInput } from './stream-input.ts'

/**
 * Opens a capture: a file, compressed or not, or `-` for standard input. Only plain files are read, so that a FIFO nobody writes to cannot hang the reader.
 * @throws MprtapError MPRTAP_CAPTURE_INVALID when it cannot be opened or is not a plain file.
 */
export function openInput(name: string): Input {
  if (name === '-') return standardInput()
  let fd: number
  try {
    fd = openForReading(name)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw invalid(`${name} cannot be opened (${code === 'ENOENT' ? 'there is no such file' : code}).`, cause)
  }
  try {
    const status = fstatSync(fd, { bigint: true })
    if (!status.isFile()) throw invalid(`${name} is not a plain file; to read from a pipe give "-" and pipe the capture in.`)
    const head = new Uint8Array(2)
    if (readSync(fd, head, 0, 2, 0) === 2 && isGzip(head)) return gunzipFile(name, fd)
    return new FileInput(name, fd, status)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Captures that are open at a time; of more, the one that was read longest ago is closed, and opened again when it is read on. */
const OPEN_MAX = 256
/** Those that are open, the one that was read longest ago first. */
const open = new Set<FileInput>()

class FileInput implements Input {
  readonly name: string
  failure: string | undefined
  #fd: number | undefined
  #isClosed = false
  /** Which file it is. */
  readonly #status: BigIntStats
  #position = 0

  /** It takes care of the open file. */
  constructor(name: string, fd: number, status: BigIntStats) {
    this.name = name
    this.#status = status
    this.#use(fd)
  }

  read(target: Uint8Array): number {
    if (this.#isClosed || this.failure !== undefined) return INPUT_ENDED
    try {
      const fd = this.#fd ?? this.#again()
      if (fd === undefined) return INPUT_ENDED
      this.#use(fd)
      const read = readSync(fd, target, 0, target.length, this.#position)
      this.#position += read
      return read
    } catch (error) {
      this.failure = `cannot be read (${(error as NodeJS.ErrnoException).code})`
      return INPUT_ENDED
    }
  }

  /** The file once more, if it is the same. */
  #again(): number | undefined {
    const fd = openForReading(this.name)
    const { dev, ino } = this.#status
    const now = fstatSync(fd, { bigint: true })
    if (now.isFile() && now.dev === dev && now.ino === ino) return fd
    closeSync(fd)
    this.failure = 'was replaced by another file while it was read'
    return undefined
  }

  #use(fd: number): void {
    this.#fd = fd
    open.delete(this)
    open.add(this)
    if (open.size > OPEN_MAX) open.values().next().value!.#rest()
  }

  #rest(): void {
    open.delete(this)
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  async wait(): Promise<void> {}

  close(): void {
    this.#isClosed = true
    this.#rest()
  }
}

/** Bytes that are in memory already. */
export class MemoryInput implements Input {
  readonly name: string
  readonly failure = undefined
  readonly #bytes: Uint8Array
  readonly #step: number
  #at = 0

  /** @param step bytes a read at most, so that a test can let blocks straddle reads. */
  constructor(name: string, bytes: Uint8Array, step = Number.POSITIVE_INFINITY) {
    this.name = name
    this.#bytes = bytes
    this.#step = step
  }

  read(target: Uint8Array): number {
    const end = Math.min(this.#at + Math.min(this.#step, target.length), this.#bytes.length)
    target.set(this.#bytes.subarray(this.#at, end))
    const read = end - this.#at
    this.#at = end
    return read
  }

  async wait(): Promise<void> {}

  close(): void {}
}

function invalid(message: string, cause?: unknown): MprtapError {
  return new MprtapError('MPRTAP_CAPTURE_INVALID', message, { cause })
}
