import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import {
  FORMAT_MAJOR,
  FORMAT_MINOR,
  HEADER_CREATED,
  HEADER_FILE_ID,
  HEADER_OWNER_SID,
  HEADER_OWNER_SID_LENGTH,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  SIGNATURE_MAGIC,
  SLOT_COUNT_LOG2_MAX,
  SLOT_COUNT_LOG2_MIN,
  SLOT_SIZE,
} from '../../format/layout.ts'
import { mustBeWhole } from './checks.ts'
import { sidToBytes } from './sid.ts'

export interface RingGeometry {
  readonly sid: string
  /** Not zero. */
  readonly fileId: bigint
  /** log2 of the slot count. */
  readonly slotCountLog2: number
  /** FILETIME. */
  readonly created: bigint
}

/** How many bytes a ring of 2^`slotCountLog2` slots takes. */
export function ringSize(slotCountLog2: number): number {
  return HEADER_SIZE + SLOT_SIZE * 2 ** slotCountLog2
}

/** The bytes of a ring, and optionally a file that gets every change at once. */
export class RingImage {
  readonly bytes: Uint8Array
  readonly view: DataView
  #file: number | undefined

  private constructor(bytes: Uint8Array, file: number | undefined) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#file = file
  }

  /** A ring of zeros: not yet initialised. With a `path`, a new file of that name; it must not exist. */
  static blank(slotCountLog2: number, path?: string): RingImage {
    mustBeWhole('slotCountLog2', slotCountLog2, SLOT_COUNT_LOG2_MIN, SLOT_COUNT_LOG2_MAX)
    const size = ringSize(slotCountLog2)
    if (path === undefined) return new RingImage(new Uint8Array(size), undefined)
    const file = openSync(path, 'wx')
    ftruncateSync(file, size)
    return new RingImage(new Uint8Array(size), file)
  }

  /** @throws Error when the file is not a ring with a good header; Node's own error when it cannot be opened. */
  static open(path: string): RingImage {
    // Without waiting: a FIFO is refused as any other file that is not a ring.
    const file = openSync(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0))
    try {
      const status = fstatSync(file)
      const mayBeRing = status.isFile() && status.size <= ringSize(SLOT_COUNT_LOG2_MAX)
      const image = mayBeRing ? new RingImage(new Uint8Array(readFileSync(file)), file) : undefined
      if (!image?.hasGoodHeader()) throw new Error(`${path} is not a ring of format ${FORMAT_MAJOR}`)
      return image
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  /** Initialises a blank ring in the order that RING.md section 1 gives, the signature last. */
  initialise({ sid, fileId, slotCountLog2, created }: RingGeometry): void {
    const owner = sidToBytes(sid)
    this.setU64(HEADER_FILE_ID, fileId)
    this.setU64(HEADER_CREATED, created)
    this.view.setUint32(HEADER_OWNER_SID_LENGTH, owner.length, true)
    this.bytes.set(owner, HEADER_OWNER_SID)
    this.flush(HEADER_OWNER_SID_LENGTH, HEADER_OWNER_SID + owner.length - HEADER_OWNER_SID_LENGTH)
    this.view.setUint32(HEADER_SIGNATURE, SIGNATURE_MAGIC, true)
    this.bytes.set([FORMAT_MAJOR, FORMAT_MINOR, slotCountLog2, 0], HEADER_SIGNATURE + 4)
    this.flush(HEADER_SIGNATURE, 8)
  }

  hasGoodHeader(): boolean {
    if (this.bytes.length < HEADER_SIZE) return false
    const k = this.slotCountLog2
    return (
      this.view.getUint32(HEADER_SIGNATURE, true) === SIGNATURE_MAGIC &&
      this.bytes[HEADER_SIGNATURE + 4] === FORMAT_MAJOR &&
      k >= SLOT_COUNT_LOG2_MIN &&
      k <= SLOT_COUNT_LOG2_MAX &&
      this.u64(HEADER_FILE_ID) !== 0n &&
      this.bytes.length === ringSize(k)
    )
  }

  get slotCountLog2(): number {
    return this.bytes[HEADER_SIGNATURE + 6]!
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true)
  }

  setU64(offset: number, value: bigint): void {
    this.view.setBigUint64(offset, value, true)
    this.flush(offset, 8)
  }

  /** Writes a changed range to the file, if there is one. */
  flush(offset: number, length: number): void {
    if (this.#file !== undefined) writeSync(this.#file, this.bytes, offset, length, offset)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}
