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
    const at = this.#entries.findLastIndex((waiting) => waiting.key === key && sameName(waiting.record.row, row))
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

/** Everything that has to be equal, but for the name. */
function keyOf({ row, startTime }: ReferenceRecord, context: bigint): string {
  const { ring, processId, threadId, kind } = row
  return JSON.stringify([ring, `${context}`, processId, threadId, `${startTime}`, kind])
}

/** What is connected: an add's local name may be chosen by the system later, a cancel has one name, here or there. */
function nameOf(row: Row): 'remoteName' | 'localName' {
  return row.kind === 2 && row.remoteName === undefined ? 'localName' : 'remoteName'
}

/** Names that were cut, or not read to their end, are compared as far as both have them. */
function sameName(one: Row, two: Row): boolean {
  const [a, b] = [one[nameOf(one)], two[nameOf(two)]]
  if (a === undefined || b === undefined) return a === b
  if (nameOf(one) === nameOf(two) && a === b) return true
  const fullOf = (row: Row) => row.truncated[nameOf(row)] ?? row[nameOf(row)]!.length
  const isWhole = (row: Row) => !row.unreadable.includes(nameOf(row))
  if (fullOf(one) < fullOf(two) && isWhole(one)) return false
  if (fullOf(two) < fullOf(one) && isWhole(two)) return false
  return a.startsWith(b) || b.startsWith(a)
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
