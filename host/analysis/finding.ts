// The one sentence that a report begins with: what cost most, with its number.

import { lengthOf, union } from './intervals.ts'
import type { Logon } from './logon.ts'
import { endOf } from './operation-row.ts'
import { serverOf } from './remote-name.ts'
import type { ReportData } from './report-data.ts'

/** A part of a logon's time that is worth a sentence. */
const WORTH_SAYING = 0.3
/** A logon that mapped within this time is not called slow, ms. */
const QUICK_MS = 2_000

/** What a report begins with. Times in ms. */
export type Finding =
  | { readonly type: 'nothing' }
  | { readonly type: 'quick'; readonly logons: number; readonly longestMs: number; readonly failed: number }
  | {
      readonly type: 'dead server' | 'slow server'
      readonly logon: Logon
      readonly server: string
      /** Time of the logon during which an operation on this server was running. */
      readonly ms: number
      readonly attempts: number
      /** How many of them failed. */
      readonly failures: number
      /** Status of the last failure. */
      readonly status: number | undefined
    }
  | { readonly type: 'slow logon'; readonly logon: Logon }

/** What cost most: the slowest logon, and the server in it that took most of its time. */
export function findingOf({ logons, operations, failed }: Pick<ReportData, 'logons' | 'operations' | 'failed'>): Finding {
  const logon = logons.slowest[0]
  if (operations === 0 || !logon) return { type: 'nothing' }
  if (logon.mappingMs < QUICK_MS) return { type: 'quick', logons: logons.count, longestMs: logon.mappingMs, failed }
  const [dead] = logon.deadServers
  if (dead && dead.lostMs >= WORTH_SAYING * logon.mappingMs) return { type: 'dead server', ...aboutServer(logon, dead.server) }
  const servers = [...new Set(logon.rows.map((row) => serverOf(row.remoteName)).filter((server) => server !== undefined))]
  const slowest = servers.map((server) => aboutServer(logon, server)).sort((a, b) => b.ms - a.ms)[0]
  if (slowest && slowest.ms >= WORTH_SAYING * logon.mappingMs) return { type: 'slow server', ...slowest }
  return { type: 'slow logon', logon }
}

function aboutServer(logon: Logon, server: string) {
  const name = server.toLowerCase()
  const rows = logon.rows.filter((row) => serverOf(row.remoteName)?.toLowerCase() === name)
  const ms = lengthOf(union(rows.map((row) => ({ from: row.time, to: endOf(row) }))))
  const failed = rows.filter(({ outcome }) => outcome === 'failed')
  return { logon, server, ms, attempts: rows.length, failures: failed.length, status: failed.at(-1)?.status }
}
