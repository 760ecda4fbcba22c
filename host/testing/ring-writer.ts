import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  CLAIMS_MAX,
  HEADER_FILE_ID,
  HEADER_GAVE_UP,
  HEADER_HEAD,
  HEADER_SIZE,
  RECORD_USED,
  SEQUENCE_LIMIT_LOG2,
  SLOT_CHECKSUM,
  SLOT_COUNT_LOG2_DEFAULT,
  SLOT_SIZE,
  SLOT_STAMP,
  STAMP_SHIFT,
  STAMP_TRUST_LOG2,
  STATE_COMMITTED,
  STATE_WRITING,
} from '../../format/layout.ts'
import { invalidOption, readOptions } from '../model/options.ts'
import { putRecord, type RecordInput } from '../model/record.ts'
import { systemClock } from '../system/clock.ts'
import { checkRecord, mustBeLong, mustBeText, mustBeWhole } from './checks.ts'
import { RingImage } from './ring-image.ts'
import { sidToBytes } from './sid.ts'
import { fileTimeOf } from './time.ts'

/** What a new ring file is made with. */
export interface RingOptions {
  /** The owner, for example `S-1-5-21-1004336348-1177238915-682003330-1108`. */
  readonly sid: string
  /** Names the file for good; not zero. Random when left out. */
  readonly fileId?: bigint
  /** log2 of the slot count, 2 to 20; 10 when left out. */
  readonly slotCountLog2?: number
  /** FILETIME; now when left out. */
  readonly created?: bigint
}

const SHIFT = BigInt(STAMP_SHIFT)
const WRITING = BigInt(STATE_WRITING)
const STATE_MASK = (1n << SHIFT) - 1n
const SEQUENCE_LIMIT = 1n << BigInt(SEQUENCE_LIMIT_LOG2)
const STAMP_TRUST = 1n << BigInt(STAMP_TRUST_LOG2)

/** A stamp: what a slot says about the record in it (RING.md section 2). */
function stampOf(sequence: bigint, state: number): bigint {
  return (sequence << SHIFT) | BigInt(state)
}

/**
 * Writes a ring as the notifyee DLL does (RING.md sections 1 to 5), for tests, benchmarks and trying things out without Windows.
 *
 * It is the only writer of its ring: JavaScript has no atomic operations on a file, so it must not share one with the DLL or with another
 * `RingWriter`. {@link append} does everything; {@link claim}, {@link begin}, {@link fill} and {@link commit} are its steps, so that a
 * test can leave a record half-written, and {@link stamp}, {@link setHead} and {@link poke} write what no honest writer would.
 */
export class RingWriter {
  readonly #image: RingImage
  readonly fileId: bigint
  readonly slotCount: number

  private constructor(image: RingImage) {
    this.#image = image
    this.fileId = image.u64(HEADER_FILE_ID)
    this.slotCount = 2 ** image.slotCountLog2
  }

  /**
   * A new ring: a file when a `path` is given, which must not exist yet and then gets every write at once; otherwise only {@link bytes}.
   *
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when an option is outside its bounds, or there is no such option; an `EEXIST` error when the file exists.
   */
  static create(options: RingOptions, path?: string): RingWriter {
    const {
      sid,
      fileId = randomBytes(8).readBigUInt64LE() | 1n,
      slotCountLog2 = SLOT_COUNT_LOG2_DEFAULT,
      created,
    } = readOptions<RingOptions>(options, ['sid', 'fileId', 'slotCountLog2', 'created'], 'RingWriter.create()')
    mustBeLong('fileId', fileId, 1n)
    if (created !== undefined) mustBeLong('created', created)
    sidToBytes(sid)
    if (path !== undefined) mustBeText('path', path)
    const image = RingImage.blank(slotCountLog2, path)
    image.initialise({ sid, fileId, slotCountLog2, created: created ?? fileTimeOf(systemClock.wall()) })
    return new RingWriter(image)
  }

  /**
   * Goes on where an existing ring file ends.
   *
   * @throws Error when the file is not a ring with a good header.
   */
  static open(path: string): RingWriter {
    mustBeText('path', path)
    return new RingWriter(RingImage.open(path))
  }

  /** The ring as it stands, header and slots: a live view, not a copy. */
  get bytes(): Uint8Array {
    return this.#image.bytes
  }

  /** The next sequence to claim. */
  get head(): bigint {
    return this.#image.u64(HEADER_HEAD)
  }

  /** How many records were not written because all claims were used up. */
  get gaveUp(): bigint {
    return this.#image.u64(HEADER_GAVE_UP)
  }

  /**
   * Writes one record.
   *
   * @returns its sequence; `undefined` when it was not written, which {@link gaveUp} counts.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a record that no slot can hold; nothing is claimed then.
   */
  append(record: RecordInput): bigint | undefined {
    checkRecord(record)
    for (let claims = 0; claims < CLAIMS_MAX; claims++) {
      const sequence = this.claim()
      if (sequence >= SEQUENCE_LIMIT) break
      if (!this.#mayTake(sequence)) continue
      this.begin(sequence)
      this.#put(sequence, record)
      this.commit(sequence)
      return sequence
    }
    this.#image.setU64(HEADER_GAVE_UP, this.gaveUp + 1n)
    return undefined
  }

  /** Claims a sequence and writes nothing: on its own, a hole that will be abandoned. */
  claim(): bigint {
    const sequence = this.head
    this.#image.setU64(HEADER_HEAD, sequence + 1n)
    return sequence
  }

  /** Stamps a claimed sequence's slot as being written. */
  begin(sequence: bigint): void {
    this.stamp(sequence, STATE_WRITING)
  }

  /**
   * Writes checksum and record into a claimed sequence's slot.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a record that no slot can hold.
   */
  fill(sequence: bigint, record: RecordInput): void {
    checkRecord(record)
    this.#put(sequence, record)
  }

  #put(sequence: bigint, record: RecordInput): void {
    const slot = this.slotOffset(sequence)
    putRecord(this.#image.view, slot, record, this.fileId, sequence)
    const used = this.#image.view.getUint16(slot + RECORD_USED, true)
    this.#image.flush(slot + SLOT_CHECKSUM, used - SLOT_CHECKSUM)
  }

  /** Stamps a claimed sequence's slot as committed. */
  commit(sequence: bigint): void {
    this.stamp(sequence, STATE_COMMITTED)
  }

  /** Stores any stamp in the slot that `sequence` lives in; `stamped` is the sequence it names, if not that one. */
  stamp(sequence: bigint, state: number, stamped: bigint = sequence): void {
    mustBeWhole('state', state, 0, Number(STATE_MASK))
    mustBeLong('stamped', stamped)
    this.#image.setU64(this.slotOffset(sequence) + SLOT_STAMP, stampOf(stamped, state))
  }

  setHead(head: bigint): void {
    mustBeLong('head', head)
    this.#image.setU64(HEADER_HEAD, head)
  }

  /** Overwrites bytes of the ring at `offset`, whatever they mean. */
  poke(offset: number, bytes: Uint8Array): void {
    if (!ArrayBuffer.isView(bytes)) invalidOption('bytes', bytes, 'a Uint8Array')
    mustBeWhole('offset', offset, 0, this.bytes.length - bytes.length)
    this.#image.bytes.set(bytes, offset)
    this.#image.flush(offset, bytes.length)
  }

  /** Overwrites bytes of a record, `offset` counted from the slot's start (`RECORD_*` in format/layout.ts). */
  pokeRecord(sequence: bigint, offset: number, bytes: Uint8Array): void {
    this.poke(this.slotOffset(sequence) + offset, bytes)
  }

  /** Where the slot of `sequence` starts in the ring. */
  slotOffset(sequence: bigint): number {
    mustBeLong('sequence', sequence)
    return HEADER_SIZE + SLOT_SIZE * (Number(BigInt.asUintN(32, sequence)) % this.slotCount)
  }

  /** Writes the ring as it stands to a file. */
  save(path: string): void {
    mustBeText('path', path)
    writeFileSync(path, this.#image.bytes)
  }

  /** Closes the file, if there is one. The ring stays readable in {@link bytes}. */
  close(): void {
    this.#image.close()
  }

  /** Step 2 of RING.md section 4. Nobody else writes this ring, so the compare-and-swaps of step 3 and 4 cannot fail here. */
  #mayTake(sequence: bigint): boolean {
    const stamp = this.#stampAt(sequence)
    const stamped = stamp >> SHIFT
    if (stamp > sequence << SHIFT) {
      if (stamped - sequence > STAMP_TRUST) return true
      if (stamped === sequence || this.head <= stamped) this.#heal(stamped)
      return false
    }
    const stillWriting = (stamp & STATE_MASK) === WRITING && stamped === sequence - BigInt(this.slotCount)
    return !stillWriting
  }

  /** Raises a stale head past the newer stamps, which begin at or before `stamped`. */
  #heal(stamped: bigint): void {
    let newer = stamped
    let older = stamped + BigInt(this.slotCount)
    while (older - newer > 1n) {
      const middle = (newer + older) >> 1n
      if (this.#stampAt(middle) > middle << SHIFT) newer = middle
      else older = middle
    }
    this.setHead(newer + 1n)
  }

  #stampAt(sequence: bigint): bigint {
    return this.#image.u64(this.slotOffset(sequence) + SLOT_STAMP)
  }
}
