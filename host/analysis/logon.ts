// One logon: what its mappings cost, and where the time went. We see mappings only: authentication, profile and desktop are not in it.

import { concurrencyOf, gapsOf, type Interval, lengthOf, union } from './intervals.ts'
import { endOf, type OperationRow } from './operation-row.ts'
import { isNotReached, serverOf } from './remote-name.ts'

/** Several attempts at one drive letter or, without a letter, at one remote name. */
export interface Retry {
  /** The letter, or the remote name. */
  readonly name: string
  readonly attempts: number
  /** Whether the last attempt succeeded. */
  readonly succeeded: boolean
  /** From the first attempt's beginning to the last one's end, ms. */
  readonly spanMs: number
}

/** A server that answered none of the operations of a logon. */
export interface DeadServer {
  readonly server: string
  readonly operations: number
  /** Time during which at least one operation waited for it, ms. */
  readonly lostMs: number
}

/** The mappings of one logon: from the first operation of a session until none was running for a while. */
export interface Logon {
  /** Name of the machine; `undefined` for this one. */
  readonly host: string | undefined
  readonly user: string
  readonly sessionId: number
  readonly logonId: string
  /** Epoch ms: beginning of the first operation, end of the last one. */
  readonly from: number
  readonly to: number
  /** How many of each outcome. */
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  /** Mapping time: time during which at least one operation was running, ms. */
  readonly mappingMs: number
  /** The sum of all durations, ms. It is larger than `mappingMs` where operations ran side by side. */
  readonly summedMs: number
  /** Time between `from` and `to` during which none was running, ms: the script did something else. */
  readonly idleMs: number
  /** Parts of `mappingMs`: exactly one was running; two or more were, ms. */
  readonly serialMs: number
  readonly parallelMs: number
  /** Time during which at least one operation was running that then failed, ms. */
  readonly lostMs: number
  /** Those that cost most first. */
  readonly deadServers: readonly DeadServer[]
  readonly retries: readonly Retry[]
  /** The gaps between operations, as intervals of epoch ms. */
  readonly gaps: readonly Interval[]
  /** Indexes into `rows` of the operations that determined the end: each began when the one before it had ended. Earliest first. */
  readonly criticalChain: readonly number[]
  /** The operations, in the order in which they began. */
  readonly rows: readonly OperationRow[]
  /** Operations of this session after its logon. */
  readonly later: number
}

/** What a logon's operations come to. @param rows at least one, in the order in which they began. */
export function describeLogon(rows: readonly OperationRow[], later: number): Logon {
  const first = rows[0]!
  const intervals = rows.map(intervalOf)
  const joined = union(intervals)
  const failedRows = rows.filter(({ outcome }) => outcome === 'failed')
  const from = first.time
  const to = Math.max(...intervals.map((interval) => interval.to))
  const mappingMs = lengthOf(joined)
  const count = (outcome: OperationRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
  return {
    host: first.host,
    user: first.user,
    sessionId: first.sessionId,
    logonId: first.logonId,
    from,
    to,
    operations: rows.length,
    succeeded: count('succeeded'),
    failed: failedRows.length,
    cancelled: count('cancelled'),
    unfinished: count('unfinished'),
    mappingMs,
    summedMs: lengthOf(intervals),
    idleMs: to - from - mappingMs,
    ...concurrencyOf(intervals),
    lostMs: lengthOf(union(failedRows.map(intervalOf))),
    deadServers: deadServersOf(rows),
    retries: retriesOf(rows),
    gaps: gapsOf(joined),
    criticalChain: criticalChainOf(rows),
    rows,
    later,
  }
}

function intervalOf(row: OperationRow): Interval {
  return { from: row.time, to: endOf(row) }
}

function deadServersOf(rows: readonly OperationRow[]): DeadServer[] {
  const byServer = new Map<string, OperationRow[]>()
  for (const row of rows) {
    const server = serverOf(row.remoteName)
    if (server === undefined) continue
    const key = server.toLowerCase()
    if (!byServer.has(key)) byServer.set(key, [])
    byServer.get(key)!.push(row)
  }
  const dead = [...byServer.values()].filter((ofServer) => ofServer.every((row) => row.outcome === 'failed' && isNotReached(row.status)))
  return dead
    .map((ofServer) => ({
      server: serverOf(ofServer[0]!.remoteName)!,
      operations: ofServer.length,
      lostMs: lengthOf(union(ofServer.map(intervalOf))),
    }))
    .sort((a, b) => b.lostMs - a.lostMs)
}

/** Adds of one letter (or of one remote name without a letter) where one followed a failed one. */
function retriesOf(rows: readonly OperationRow[]): Retry[] {
  const attempts = new Map<string, OperationRow[]>()
  for (const row of rows) {
    const name = row.localName || row.remoteName
    if (row.kind !== 'add' || !name) continue
    const known = attempts.get(name.toLowerCase())
    if (!known) attempts.set(name.toLowerCase(), [row])
    // An add after a success is a new mapping, not another attempt at the old one.
    else if (known.at(-1)!.outcome === 'failed') known.push(row)
  }
  return [...attempts.values()]
    .filter((tries) => tries.length > 1)
    .map((tries) => ({
      name: tries[0]!.localName || tries[0]!.remoteName!,
      attempts: tries.length,
      succeeded: tries.at(-1)!.outcome === 'succeeded',
      spanMs: endOf(tries.at(-1)!) - tries[0]!.time,
    }))
    .sort((a, b) => b.spanMs - a.spanMs)
}

/** From the operation that ended last back to the one that ended last before it began, and so on. */
function criticalChainOf(rows: readonly OperationRow[]): number[] {
  const byEnd = rows.map((row, index) => ({ index, from: row.time, to: endOf(row) })).sort((a, b) => a.to - b.to)
  const chain: number[] = []
  let begin = Number.POSITIVE_INFINITY
  for (const { index, from, to } of byEnd.reverse()) {
    if (to > begin) continue
    chain.push(index)
    begin = from
  }
  return chain.reverse()
}
