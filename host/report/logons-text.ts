// Logons as lines for people and as JSON.

import type { Logon } from '../analysis/logon.ts'
import type { Logons } from '../analysis/logons.ts'
import { endOf } from '../analysis/operation-row.ts'
import { safeJson, safeText } from '../text/safe-text.ts'
import { duration, moment, plural, statusText, type Wording } from './wording.ts'

/** A table's cells, and under each row the sentences that say where the time went. */
export interface LogonLines {
  readonly cells: readonly string[]
  readonly reasons: readonly string[]
}

export const LOGON_TITLES = ['began', 'user', 'session', 'operations', 'failed', 'mapping time', 'sum', 'lost', 'idle'] as const

/** One logon as a row and its reasons. */
export function logonLines(logon: Logon, wording: Wording): LogonLines {
  const session = `${logon.host === undefined ? '' : `${safeText(logon.host)} `}${logon.sessionId} ${logon.logonId}`
  return {
    cells: [
      moment(logon.from, wording),
      safeText(wording.userName(logon.user)),
      session,
      String(logon.operations),
      String(logon.failed),
      duration(logon.mappingMs),
      duration(logon.summedMs),
      duration(logon.lostMs),
      duration(logon.idleMs),
    ],
    reasons: reasonsOf(logon),
  }
}

/** Dead servers, and retries, that get a sentence. */
const NAMED_MAX = 2
/** Operations of the critical chain that are named. */
const LINKS_NAMED = 3

/**
 * Where the time of a logon went: the costliest first (servers that answered nothing, retries, the longest operation), then how much ran at once, and the
 * chain of operations that determined the end.
 */
export function reasonsOf(logon: Logon): string[] {
  const dead = logon.deadServers.map(
    ({ server, operations, lostMs }) =>
      `${duration(lostMs)} for ${safeText(server)}, which answered nothing (${plural(operations, 'operation')})`,
  )
  const retries = logon.retries.map(
    ({ name, attempts, succeeded, spanMs }) =>
      `${duration(spanMs)} with ${attempts} attempts at ${safeText(name)}, ${succeeded ? 'the last one succeeded' : 'all failed'}`,
  )
  const costs = [...dead.slice(0, NAMED_MAX), ...retries.slice(0, NAMED_MAX), ...longestOf(logon)]
  return [...costs, concurrencyText(logon), ...chainOf(logon)]
}

function concurrencyText({ serialMs, parallelMs, idleMs }: Logon): string {
  return `${duration(serialMs)} with one operation at a time, ${duration(parallelMs)} with several at once, ${duration(idleMs)} with none`
}

/** Operations that each began when the one before had ended. The last one ended the logon. */
function chainOf({ rows, criticalChain }: Logon): string[] {
  if (criticalChain.length < 2) return []
  const links = criticalChain.map((index) => rows[index]!)
  const sum = links.reduce((ms, { durationMs }) => ms + (durationMs ?? 0), 0)
  const longest = [...links].sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0)).slice(0, LINKS_NAMED)
  const named = longest.map(
    ({ localName, remoteName, durationMs }) => `${safeText(localName || remoteName || '-')} ${duration(durationMs)}`,
  )
  return [`critical chain: ${plural(links.length, 'operation')}, ${duration(sum)}; the longest are ${named.join(', ')}`]
}

function longestOf({ rows, criticalChain }: Logon): string[] {
  const longest = rows.reduce((a, b) => ((b.durationMs ?? 0) > (a.durationMs ?? 0) ? b : a))
  if (longest.durationMs === undefined) return []
  const name = safeText(longest.remoteName || longest.localName || 'an operation without a name')
  const result = longest.outcome === 'failed' && longest.status !== undefined ? `: ${statusText(longest.status)}` : ''
  const where = criticalChain.includes(rows.indexOf(longest)) ? ', on the critical chain' : ''
  return [`the longest operation took ${duration(longest.durationMs)}: ${name} ${longest.outcome}${result}${where}`]
}

/** One logon as a JSON object on a line, in the shape of all our lines. */
export function logonJson(logon: Logon, wording: Wording): string {
  const { rows, gaps, criticalChain, ...numbers } = logon
  const msg = `${wording.userName(logon.user)}: mapping time ${duration(logon.mappingMs)} of ${duration(logon.to - logon.from)}, ${plural(logon.operations, 'operation')}, ${logon.failed} failed`
  const operations = rows.map((row, i) => ({ ...row, end: Math.round(endOf(row)), isCritical: criticalChain.includes(i) }))
  return safeJson({ level: logon.failed > 0 ? 40 : 30, time: logon.from, msg, type: 'logon', ...numbers, gaps, rows: operations })
}

/** The last line: how many, and how long they took. */
export function logonsSummary({ count, operations, later, mappingMs }: Logons): string {
  if (count === 0) return 'No logon.'
  const at = (share: number) => mappingMs[Math.min(Math.floor(count * share), count - 1)]
  return `${plural(count, 'logon')} of ${plural(operations, 'operation')}; mapping time: median ${duration(at(0.5))}, p90 ${duration(at(0.9))}, longest ${duration(at(1))}; ${plural(later, 'operation')} came later in the sessions.`
}
