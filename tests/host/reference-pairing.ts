// PRE and POST made one operation, obviously: the rules of RING.md, "The context", and of docs of host/model/events.ts.

import type { ReferenceRecord, Row } from './reference-record.ts'

const WAITING_MAX = 4096
const SUCCESSES = new Set([0, 2108, 2109])
const CANCELLED = 1223
const meaningOf = (status: number) => (status > 0x80070000 && status < 0x80080000 ? status & 0xffff : status)

interface Waiting {
  readonly record: ReferenceRecord
  readonly key: string
  readonly arrived: number
  isGivenUp: boolean
}

export class ReferencePairing {
  /** By age, the oldest first. */
  #entries: Waiting[] = []

  get #waiting(): Waiting[] {
    return this.#entries.filter(({ isGivenUp }) => !isGivenUp)
  }

  /** What a delivered record yields: one row or none. */
  deliver(record: ReferenceRecord, now: number): Row[] {
    const { row } = record
    if (row.phase === 'pre') {
      const evicted = this.#waiting.length >= WAITING_MAX ? this.#giveUp([this.#oldestOfFullest()]) : []
      const next = record.fullSequence + 1n
      const context = row.recordFlags & 4 ? BigInt.asUintN(31, next) : next
      this.#entries.push({ record, key: keyOf(record, context), arrived: now, isGivenUp: false })
      return evicted
    }
    const key = keyOf(record, row.context)
    const at = this.#entries.findLastIndex((waiting) => waiting.key === key && sameRemoteName(waiting.record.row, row))
    const code = meaningOf(row.status!)
    const outcome = SUCCESSES.has(code) ? 1 : code === CANCELLED ? 3 : 2
    if (at < 0) return [{ ...row, outcome }]
    const { record: pre, isGivenUp } = this.#entries.splice(at, 1)[0]!
    if (!isGivenUp) return [{ ...complete(pre, record), outcome }]
    return [{ ...row, outcome, durationMs: complete(pre, record).durationMs, completes: pre.row.sequence }]
  }

  #giveUp(entries: readonly Waiting[]): Row[] {
    for (const entry of entries) entry.isGivenUp = true
    return entries.map(unfinished)
  }

  /** Who gives way is the ring with the most: the lowest of these, and its oldest. */
  #oldestOfFullest(): Waiting {
    const counts: number[] = []
    for (const { record } of this.#waiting) counts[record.row.ring] = (counts[record.row.ring] ?? 0) + 1
    const most = Math.max(...counts.map((count) => count ?? 0))
    return this.#waiting.find(({ record }) => record.row.ring === counts.indexOf(most))!
  }

  /** Operations that have waited for `limit` ms, and whose ring was read since. */
  expire(now: number, limit: number, readAt: (ring: number) => number): Row[] {
    const isOver = ({ record, arrived }: Waiting) => Math.min(now, readAt(record.row.ring)) - arrived >= limit
    return this.#giveUp(this.#waiting.filter(isOver))
  }

  get waiting(): number {
    return this.#waiting.length
  }
}

/** Everything that has to be equal, but for the remote name. */
function keyOf({ row, startTime }: ReferenceRecord, context: bigint): string {
  const { ring, processId, threadId, kind, localName } = row
  // The system may choose an add's letter between PRE and POST; a cancel has one name, here or there.
  return JSON.stringify([ring, `${context}`, processId, threadId, `${startTime}`, kind, kind === 1 ? 0 : (localName ?? 0)])
}

/** Names that were cut are compared as far as both have them. */
function sameRemoteName(one: Row, two: Row): boolean {
  const a = one.remoteName
  const b = two.remoteName
  if (a === undefined || b === undefined || a === b) return a === b
  const fullOf = (row: Row) => row.truncated.remoteName ?? row.remoteName!.length
  return (
    fullOf(one) === fullOf(two) &&
    (one.truncated.remoteName ?? two.truncated.remoteName) !== undefined &&
    (a.startsWith(b) || b.startsWith(a))
  )
}

function unfinished({ record }: Waiting): Row {
  return { ...record.row, outcome: 4 }
}

/** The PRE's row with what only the POST knows: status, provider, and the time between. */
function complete(pre: ReferenceRecord, post: ReferenceRecord): Row {
  const { ticksPerSecond } = pre
  const isOneClock = ticksPerSecond !== 0n && ticksPerSecond === post.ticksPerSecond && post.ticks >= pre.ticks
  const durationMs = isOneClock ? (Number(post.ticks - pre.ticks) * 1000) / Number(ticksPerSecond) : Number.NaN
  // A day apart, the two clocks of the records contradict each other.
  const isMeasured = Math.abs(durationMs - Number(post.wallTime - pre.wallTime) * 0.0001) <= 86_400_000
  const { provider: _, ...truncated } = pre.row.truncated
  const cut = post.row.truncated.provider
  return {
    ...pre.row,
    durationMs: isMeasured ? durationMs : undefined,
    status: post.row.status,
    provider: post.row.provider,
    truncated: cut === undefined ? truncated : { ...truncated, provider: cut },
    unreadable: [
      ...pre.row.unreadable.filter((name) => name !== 'provider'),
      ...post.row.unreadable.filter((name) => name === 'provider'),
    ].sort(),
  }
}
