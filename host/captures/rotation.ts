// The captures of a recorder, one after the other: when a file is full the next one begins, and says where each ring stands.

import { join } from 'node:path'
import { CaptureFile } from './capture-file.ts'
import { captureFileName, capturesNamed, type Retention, removeOldCaptures } from './capture-names.ts'
import { type CapturedRing, type CaptureOrigin, CaptureWriter } from './capture-writer.ts'
import type { RingIdentity } from './identity.ts'
import { carriedComment, lastPositions, type RingPosition } from './resume.ts'
import { type SavedPosition, SavedPositions } from './saved-positions.ts'

/** When a file is full: the first of these that is reached. */
export interface Rotation extends Retention {
  readonly bytes: number
  readonly ms?: number | undefined
  readonly records?: number | undefined
}

/** The clock, as far as it is needed: ms since 1970. */
type Wall = () => number

/** FILETIME of 1970. */
const EPOCH_MS = 11_644_473_600_000

/** Blocks are written when this number of bytes waits, at the latest. */
const WRITE_BYTES = 1 << 18

export class RotatingCapture {
  readonly folder: string
  readonly #name: string
  readonly #origin: Omit<CaptureOrigin, 'now'>
  readonly #rotation: Rotation
  readonly #wall: Wall
  /** By file id: where each ring stands, also those that are not open at present. */
  readonly #positions: Map<string, RingPosition>
  readonly #saved: SavedPositions
  #number: number
  #file: CaptureFile | undefined
  #writer: CaptureWriter | undefined
  readonly #rings = new Map<string, CapturedRing>()
  #startedMs = 0
  #records = 0

  /**
   * Reads where an earlier recorder of this NAME stood.
   * @throws MprtapError, Node's system errors when the earlier captures cannot be read.
   */
  constructor(folder: string, name: string, origin: Omit<CaptureOrigin, 'now'>, rotation: Rotation, wall: Wall) {
    this.folder = folder
    this.#name = name
    this.#origin = origin
    this.#rotation = rotation
    this.#wall = wall
    const earlier = capturesNamed(folder, name)
    this.#positions = lastPositions(earlier)
    this.#saved = new SavedPositions(join(folder, `${name}.positions.json`))
    this.#number = earlier.at(-1)?.number ?? 0
  }

  /** Where recording of this ring file goes on. */
  position(fileId: string): SavedPosition | undefined {
    return this.#positions.get(fileId) ?? this.#saved.get(fileId)
  }

  /** What is wrong with the positions that were saved, as a sentence. */
  get fault(): string | undefined {
    return this.#saved.fault
  }

  /** Makes the next file, if there is none at present. @throws Node's system errors. */
  begin(): void {
    if (!this.#file) this.#begin()
  }

  get path(): string | undefined {
    return this.#file?.path
  }

  /** Blocks that are not written yet, bytes. */
  get unwritten(): number {
    return this.#writer?.blocks.length ?? 0
  }

  /** The ring in the present file, from `position` on. */
  ring(identity: RingIdentity, position: number, lastChecksum: bigint): CapturedRing {
    const { writer } = this
    const known = this.#rings.get(identity.fileId)
    if (known) return known
    this.#positions.set(identity.fileId, { identity, position, lastChecksum })
    const ring = writer.addRing(identity, position, lastChecksum)
    writer.account(ring)
    this.#rings.set(identity.fileId, ring)
    return ring
  }

  /** @throws Error before begin(). */
  get writer(): CaptureWriter {
    if (!this.#writer) throw new Error('no capture has begun')
    return this.#writer
  }

  /** So many records were added. */
  count(records: number): void {
    this.#records += records
  }

  /** So much waits that it should be written. */
  get isDue(): boolean {
    return this.unwritten >= WRITE_BYTES
  }

  /** Appends what waits. @throws Node's system errors; what waits goes on waiting then. */
  write(): void {
    if (!this.#writer || !this.#file) return
    this.#file.append(this.#writer.blocks.written())
    this.#writer.blocks.clear()
    for (const [fileId, { identity, position, lastChecksum }] of this.#rings)
      this.#positions.set(fileId, { identity, position, lastChecksum })
  }

  /** Writes, with the account of every ring that has news, and waits for the disk. */
  async sync(): Promise<void> {
    if (!this.#writer || !this.#file || (this.unwritten === 0 && !this.#writer.rings.some(({ hasNews }) => hasNews))) return
    this.#writer.statistics()
    this.write()
    await this.#file.sync()
    // Never before what is on the disk: a record that is in no capture would be passed over.
    this.#saved.save(this.#positions)
  }

  get isFull(): boolean {
    const { bytes, ms, records } = this.#rotation
    if (!this.#file || this.#records === 0) return false
    const size = this.#file.size + this.unwritten
    return (
      size >= bytes || (records !== undefined && this.#records >= records) || (ms !== undefined && this.#wall() - this.#startedMs >= ms)
    )
  }

  /** Ends the file; the next record begins another one. Returns sentences about old files that could not be removed. */
  async rotate(): Promise<string[]> {
    await this.close()
    return removeOldCaptures(this.folder, this.#name, '', this.#wall(), this.#rotation)
  }

  async close(): Promise<void> {
    await this.sync()
    this.#file?.close()
    this.#file = undefined
    this.#writer = undefined
    this.#rings.clear()
  }

  #begin(): void {
    this.#startedMs = this.#wall()
    this.#records = 0
    const file = this.#create()
    const { comments } = this.#origin
    const carried = carriedComment(this.#positions.size)
    const now = () => BigInt(Math.round(this.#wall() + EPOCH_MS)) * 10_000n
    const writer = new CaptureWriter({ ...this.#origin, comments: [...comments, carried], now })
    for (const { identity, position, lastChecksum } of this.#positions.values())
      this.#rings.set(identity.fileId, writer.addRing(identity, position, lastChecksum))
    writer.accounts()
    this.#file = file
    this.#writer = writer
  }

  #create(): CaptureFile {
    const number = this.#number + 1
    const file = new CaptureFile(join(this.folder, captureFileName(this.#name, this.#startedMs, number)))
    this.#number = number
    return file
  }
}
