// A reader straight from RING.md section 6, with BigInt and one slot at a time: what the core is compared with.

import type { ReferencePairing } from './reference-pairing.ts'
import { type Row, referenceRecord } from './reference-record.ts'

const HOLE_WAIT_MS = 1000
/** Heads from here on are refused: section 6, rule 1. */
const SEQUENCE_LIMIT = 1n << 53n
/** No writer claims that many sequences between two looks. */
const HEAD_TRUST = 1n << 32n

export interface Account {
  next: bigint
  head: bigint
  start: bigint
  delivered: bigint
  overrun: bigint
  abandoned: bigint
  corrupt: bigint
  rewinds: bigint
}

/** What the first look at the header comes to. */
export type Look = 'replaced' | 'bad head' | { from: bigint; slots: number }

export class ReferenceReader {
  readonly account: Account
  readonly abandonedSequences: bigint[] = []
  readonly #ring: number
  readonly #fileId: bigint
  readonly #slotCount: bigint
  readonly #windowSlots: number
  readonly #pairing: ReferencePairing | undefined
  #wait: { until: number; end: bigint } | undefined
  #convictable = -1n

  /** @param header the ring's header; @param pairing left out: rows are notifications. */
  constructor(ring: number, header: Buffer, from: 'now' | 'oldest', windowSlots: number, pairing?: ReferencePairing) {
    const head = header.readBigUInt64LE(512)
    this.#ring = ring
    this.#fileId = header.readBigUInt64LE(8)
    this.#slotCount = 1n << BigInt(header.readUInt8(6))
    this.#windowSlots = windowSlots
    this.#pairing = pairing
    const oldest = head > this.#slotCount ? head - this.#slotCount : 0n
    const next = from === 'now' ? head : oldest
    this.account = { next, head, start: next, delivered: 0n, overrun: 0n, abandoned: 0n, corrupt: 0n, rewinds: 0n }
  }

  /** Rule 1. `from` and `slots` say what to copy: not across the ring's end. */
  look(header: Buffer): Look {
    const head = header.readBigUInt64LE(512)
    if (header.readUInt32LE(0) !== 0x5452504d || header.readBigUInt64LE(8) !== this.#fileId) return 'replaced'
    if (head >= SEQUENCE_LIMIT) return 'bad head'
    const { account } = this
    account.head = head
    if (account.next > head) this.#restart(head)
    else if (head - account.next > HEAD_TRUST) this.#restart(head - this.#slotCount)
    else if (head - account.next > this.#slotCount) this.#overrun(head - this.#slotCount)
    const toEnd = this.#slotCount - (account.next % this.#slotCount)
    const limits = [head - account.next, toEnd, BigInt(this.#windowSlots)]
    return { from: account.next, slots: Number(limits.reduce((least, limit) => (limit < least ? limit : least))) }
  }

  /** Rules 2 to 4, over the copied slots and the header as it was after the copy. */
  take(window: Buffer, from: bigint, header: Buffer, now: number): Row[] {
    const { account } = this
    const head = header.readBigUInt64LE(512)
    // Set back, or implausible: the next look judges it; what was copied meanwhile is not used.
    if (head < account.head || head - account.next > HEAD_TRUST) return []
    account.head = head
    if (head - account.next > this.#slotCount) this.#overrun(head - this.#slotCount)
    const rows: Row[] = []
    // In every turn losses come first: none is counted behind a record that was delivered.
    const before = account.delivered
    for (let at = 0; at < window.length; at += 512) {
      const sequence = from + BigInt(at / 512)
      if (sequence < account.next) continue
      if (sequence > account.next) break
      const slot = window.subarray(at, at + 512)
      const stamp = slot.readBigUInt64LE(0)
      if (stamp === sequence * 4n + 2n) {
        const record = referenceRecord(slot, this.#fileId, sequence, this.#ring)
        if (record) {
          account.delivered++
          rows.push(...(this.#pairing ? this.#pairing.deliver(record, now) : [record.row]))
        } else if (this.#convictable !== sequence) {
          this.#convictable = sequence
          break
        } else {
          account.corrupt++
        }
      } else if (stamp / 4n > sequence) {
        if (account.delivered > before) break
        account.overrun++
      } else {
        this.#wait ??= { until: now + HOLE_WAIT_MS, end: account.head }
        if (now < this.#wait.until || account.delivered > before) break
        account.abandoned++
        this.abandonedSequences.push(sequence)
      }
      this.#advance(sequence + 1n)
    }
    return rows
  }

  /** Conservation: every sequence between start and next has exactly one fate. */
  get balance(): bigint {
    const { next, start, delivered, overrun, abandoned, corrupt } = this.account
    return delivered + overrun + abandoned + corrupt - this.#billedBefore - (next - start)
  }

  #billedBefore = 0n

  #advance(next: bigint): void {
    this.account.next = next
    if (this.#wait && next >= this.#wait.end) this.#wait = undefined
  }

  #overrun(next: bigint): void {
    this.account.overrun += next - this.account.next
    this.#advance(next)
  }

  #restart(next: bigint): void {
    const { account } = this
    this.#billedBefore = account.delivered + account.overrun + account.abandoned + account.corrupt
    account.rewinds++
    account.start = next
    account.next = next
    this.#wait = undefined
    this.#convictable = -1n
  }
}
