// What a capture says, as blocks in memory: rings as interfaces, their records, what is not there and why, and the account. Writing it to a file is
// capture-file.ts's.

import {
  PACKET_BODY,
  PACKET_KIND,
  PACKET_MAGIC,
  PACKET_MAGIC_VALUE,
  PACKET_MAJOR,
  PACKET_MAJOR_VALUE,
  PACKET_RECORD,
} from '../../format/capture-layout.ts'
import { SLOT_CHECKSUM } from '../../format/layout.ts'
import { BlockWriter, type CaptureTime, captureTime } from './block-writer.ts'
import { describeRing, type RingIdentity } from './identity.ts'
import { type Account, type AccountName, encodeAccount, encodeName, encodeRun, type MissingReason } from './packet.ts'

const HARDWARE = 'mprtap ring, format 1'

/** Who writes the capture, and what was asked for. */
export interface CaptureOrigin {
  /** Name and version of the program. */
  readonly application: string
  /** The operating system. */
  readonly os: string
  readonly comments: readonly string[]
  /** The filter in its own language; every ring's interface says it. */
  readonly filter?: string | undefined
  /** What the clock says now, as a FILETIME. */
  readonly now: () => bigint
}

/** What only the reader of the ring knows. */
export interface RingFacts {
  readonly late: number
  readonly rewinds: number
  readonly gaveUp: number
  readonly faults: number
  readonly head: number
}

const NO_FACTS: RingFacts = { late: 0, rewinds: 0, gaveUp: 0, faults: 0, head: 0 }

/** One ring of a capture: its interface, and the account of what was written of it. */
export class CapturedRing {
  readonly identity: RingIdentity
  readonly index: number
  readonly counts = { written: 0, overrun: 0, abandoned: 0, corrupt: 0, filtered: 0 }
  start: number
  position: number
  lastChecksum: bigint
  facts = NO_FACTS
  /** Lost since the last record. */
  dropped = 0
  /** Of the last packet. */
  time: CaptureTime | undefined
  /** Something happened since the last account. */
  hasNews = true

  constructor(identity: RingIdentity, index: number, position: number, lastChecksum: bigint) {
    this.identity = identity
    this.index = index
    this.start = position
    this.position = position
    this.lastChecksum = lastChecksum
  }

  account(time: bigint): Account {
    const { start, position, lastChecksum, counts, facts } = this
    return { time, start, position, lastChecksum, ...counts, ...facts, head: Math.max(facts.head, position) }
  }
}

export class CaptureWriter {
  readonly blocks = new BlockWriter()
  readonly rings: CapturedRing[] = []
  readonly #origin: CaptureOrigin
  readonly #began: bigint

  /** Writes the section header. */
  constructor(origin: CaptureOrigin) {
    this.#origin = origin
    this.#began = origin.now()
    const { application, os, comments } = origin
    this.blocks.section({ os, application, comments })
  }

  /**
   * A ring whose packets follow: its interface. Rings that are known from the beginning are added before anything is written of one of them, and then
   * {@link accounts} says where this capture begins with each: reordercap does not take interfaces that come later.
   * @param position the sequence that comes next, and the checksum of the record before it (0: there is none).
   */
  addRing(identity: RingIdentity, position: number, lastChecksum: bigint): CapturedRing {
    const ring = new CapturedRing(identity, this.rings.length, position, lastChecksum)
    this.rings.push(ring)
    const { filter } = this.#origin
    this.blocks.interface({ name: identity.user, description: describeRing(identity), hardware: HARDWARE, filter })
    return ring
  }

  /**
   * The record at ring.position.
   * @param slots where its slot is, at `at`, `used` bytes of it.
   */
  record(ring: CapturedRing, time: CaptureTime, slots: Uint8Array, at: number, used: number): void {
    const { blocks } = this
    const data = blocks.packet(ring.index, time.high, time.low, PACKET_BODY + used, ring.dropped)
    const { view, bytes } = blocks
    view.setUint32(data + PACKET_MAGIC, PACKET_MAGIC_VALUE, true)
    view.setUint8(data + PACKET_MAJOR, PACKET_MAJOR_VALUE)
    view.setUint8(data + PACKET_KIND, PACKET_RECORD)
    view.setUint16(data + PACKET_KIND + 1, 0, true)
    bytes.set(slots.subarray(at, at + used), data + PACKET_BODY)
    ring.lastChecksum = view.getBigUint64(data + PACKET_BODY + SLOT_CHECKSUM, true)
    ring.dropped = 0
    ring.position++
    ring.counts.written++
    ring.time = time
    ring.hasNews = true
  }

  /** The next `count` sequences of a ring are not in this capture. @param time of the record that follows, if that is known. */
  missing(ring: CapturedRing, count: number, reason: MissingReason, time?: CaptureTime): void {
    this.#packet(ring, encodeRun({ first: ring.position, count, reason }), time ?? ring.time)
    ring.position += count
    ring.counts[reason] += count
    // Of the record before the position nothing is known then.
    ring.lastChecksum = 0n
    if (reason !== 'filtered') ring.dropped += count
    ring.hasNews = true
  }

  /** The ring was set back, or its sequences are used again: what comes next is at `position`. */
  goTo(ring: CapturedRing, position: number): void {
    ring.position = position
    ring.start = position
    for (const name of Object.keys(ring.counts) as (keyof CapturedRing['counts'])[]) ring.counts[name] = 0
    ring.lastChecksum = 0n
    this.account(ring)
  }

  /** The account as it stands. */
  account(ring: CapturedRing): void {
    const now = this.#origin.now()
    this.#packet(ring, encodeAccount(ring.account(now)), captureTime(now))
    ring.hasNews = false
  }

  /** The accounts of those rings that have news. */
  accounts(): void {
    for (const ring of this.rings) if (ring.hasNews) this.account(ring)
  }

  name(ring: CapturedRing, name: AccountName): void {
    this.#packet(ring, encodeName(name), captureTime(name.lookedUp))
  }

  /** Interface statistics of every ring, and the account of those that have news. Now and then, and at the end. */
  statistics(): void {
    const start = captureTime(this.#began)
    for (const ring of this.rings) {
      if (!ring.hasNews) continue
      this.account(ring)
      const { written, overrun, abandoned, corrupt, filtered } = ring.counts
      this.blocks.statistics(ring.index, start, captureTime(this.#origin.now()), {
        received: written + overrun + abandoned + corrupt + filtered,
        dropped: abandoned + corrupt,
        osDropped: overrun,
        accepted: written,
        delivered: written,
      })
    }
  }

  #packet(ring: CapturedRing, packet: Uint8Array, time = captureTime(this.#origin.now())): void {
    const data = this.blocks.packet(ring.index, time.high, time.low, packet.length)
    this.blocks.bytes.set(packet, data)
  }
}
