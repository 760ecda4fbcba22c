// Drives the release core over rings in memory, as a tap does over files: look, copy, look again, take.

import * as abi from '../../assembly/abi.ts'
import { HEADER_HEAD, HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import { Core } from '../../host/core/core.ts'
import { type CoreExports, instantiate } from '../../host/core/exports.ts'
import type { Account } from '../../host/core/turn.ts'
import { NAMES, type Row } from './reference-record.ts'

const NAME_COLUMNS = [abi.COLUMN_REMOTE_NAME, abi.COLUMN_LOCAL_NAME, abi.COLUMN_PROVIDER, abi.COLUMN_IMAGE_NAME]

/** The secret of every core in these tests, so that they can choose names that collide. */
export const SEED = 1n

/** Between the copy of the slots and the second look at head: where a writer may overtake the reader. */
export type During = () => void

export interface Turn {
  /** What plan() answered. */
  readonly planned: number
  readonly rows: Row[]
}

export class CoreDriver {
  readonly core: Core
  /** What the façade stands before. */
  readonly exports: CoreExports = instantiate()

  readonly #open = new Map<number, Uint8Array>()

  constructor(level: number = abi.LEVEL_NOTIFICATION, unfinishedAfterMs = 300_000, seed = SEED) {
    this.core = new Core(level, { unfinishedAfterMs, seed }, this.exports)
  }

  /** Returns RING_*. */
  open(ring: number, bytes: Uint8Array, from: number = abi.FROM_OLDEST, sequence = 0, size = bytes.length): number {
    this.core.header.set(bytes.subarray(0, HEADER_USED))
    this.#open.set(ring, bytes)
    return this.core.openRing(ring, size, from, sequence)
  }

  /** First look: what is to be copied, and from where. */
  plan(ring: number, bytes: Uint8Array, now = 0): { planned: number; offset: number } {
    this.core.header.set(bytes.subarray(0, HEADER_USED))
    const planned = this.core.plan(ring, now)
    return { planned, offset: planned > 0 ? this.core.turn.offset : 0 }
  }

  turn(ring: number, bytes: Uint8Array, now: number, during?: During): Turn {
    const { planned, offset } = this.plan(ring, bytes, now)
    if (planned <= 0) return { planned, rows: [] }
    this.core.window.set(bytes.subarray(offset, offset + planned * SLOT_SIZE))
    during?.()
    this.core.head.set(bytes.subarray(HEADER_HEAD, HEADER_HEAD + 8))
    return { planned, rows: this.rows(this.core.take(ring)) }
  }

  /** Turns until there is nothing more to be had at `now`. */
  drain(ring: number, bytes: Uint8Array, now = 0): Row[] {
    const rows: Row[] = []
    for (;;) {
      const before = this.account(ring).next
      const turn = this.turn(ring, bytes, now)
      rows.push(...turn.rows)
      if (turn.planned <= 0 || this.account(ring).next === before) return rows
    }
  }

  /** Looks at all rings, which were read to their end if nothing is new there, and then expires. */
  expire(now: number): Row[] {
    for (const [ring, bytes] of this.#open) this.plan(ring, bytes, now)
    return this.rows(this.core.expire(now))
  }

  account(ring: number): Omit<Account, 'gaveUp' | 'faults' | 'filtered' | 'readAt'> {
    const { next, head, start, delivered, overrun, abandoned, late, corrupt, pending, rewinds, startTotal } = this.core.account(ring)
    return { next, head, start, delivered, overrun, abandoned, late, corrupt, pending, rewinds, startTotal }
  }

  /** delivered + overrun + abandoned + corrupt, less next - start: zero, always. */
  balance(ring: number): number {
    const { delivered, overrun, abandoned, corrupt, startTotal, next, start } = this.account(ring)
    return delivered + overrun + abandoned + corrupt - startTotal - (next - start)
  }

  /** The rows of the last batch, read from its columns. */
  rows(length: number): Row[] {
    return Array.from({ length }, (_, row) => this.#row(row))
  }

  #row(row: number): Row {
    const { f64, u32, u8, fullUnits } = this.core.columns
    const number = (column: number) => f64[column * abi.ROWS_MAX + row]!
    const word = (column: number) => u32[column * abi.ROWS_MAX + row]!
    const byte = (column: number) => u8[column * abi.ROWS_MAX + row]!
    const wide = (high: number, low: number) => (BigInt(word(high)) << 32n) | BigInt(word(low))
    const duration = number(abi.COLUMN_DURATION)
    const completes = number(abi.COLUMN_COMPLETES)
    const traits = word(abi.COLUMN_TRAITS)
    const names = NAME_COLUMNS.map((column) => {
      const id = word(column)
      const text = this.core.strings[id]
      if (id !== abi.STRING_ID_ABSENT && text === undefined) throw new Error(`string ${id} was not handed over`)
      if (id >= abi.STRING_IDS) throw new Error(`${id} is no id of a column`)
      return text
    })
    const truncated = Object.fromEntries(
      NAMES.flatMap((name, i) => ((traits >>> (abi.TRAIT_TRUNCATED_SHIFT + i)) & 1 ? [[name, fullUnits[4 * row + i]!]] : [])),
    )
    return {
      ring: word(abi.COLUMN_RING),
      sequence: number(abi.COLUMN_SEQUENCE),
      kind: byte(abi.COLUMN_KIND) as 1 | 2,
      phase: byte(abi.COLUMN_PHASE) === abi.PHASE_PRE ? 'pre' : 'post',
      outcome: byte(abi.COLUMN_OUTCOME),
      time: number(abi.COLUMN_TIME),
      timeTicks: word(abi.COLUMN_TIME_TICKS),
      processStartTime: number(abi.COLUMN_PROCESS_START_TIME),
      durationMs: Number.isNaN(duration) ? undefined : duration,
      completes: Number.isNaN(completes) ? undefined : completes,
      status: traits & abi.TRAIT_HAS_STATUS ? word(abi.COLUMN_STATUS) : undefined,
      flags: word(abi.COLUMN_FLAGS),
      resourceType: word(abi.COLUMN_RESOURCE_TYPE),
      notifyStatus: word(abi.COLUMN_NOTIFY_STATUS),
      context: wide(abi.COLUMN_CONTEXT_HIGH, abi.COLUMN_CONTEXT_LOW),
      logonId: wide(abi.COLUMN_LOGON_ID_HIGH, abi.COLUMN_LOGON_ID_LOW),
      processId: word(abi.COLUMN_PROCESS_ID),
      threadId: word(abi.COLUMN_THREAD_ID),
      sessionId: word(abi.COLUMN_SESSION_ID),
      recordFlags: traits & 0xff,
      remoteName: names[0],
      localName: names[1],
      provider: names[2],
      imageName: names[3],
      truncated,
      unreadable: NAMES.filter((_, i) => (traits >>> (abi.TRAIT_UNREADABLE_SHIFT + i)) & 1).sort(),
    }
  }
}

/** What an operation's row says; the rest of the columns is about the one call that the row was made of. */
export function operationOf({ phase: _, notifyStatus: __, context: ___, ...row }: Row) {
  return row
}
