// A made-up morning for tests of the report.

import type { OperationRow } from '../../host/analysis/operation-row.ts'
import { ReportCollector } from '../../host/analysis/report-data.ts'
import { cancel, row } from '../analysis/rows.ts'

export const BERGER = 'S-1-5-21-1-2-3-1101'

/** One slow logon that waits for a server that is gone, and `logons` quick ones. */
export function morning(logons = 30): OperationRow[] {
  const slow = { user: BERGER, logonId: '0xabc', image: 'logon.exe' }
  const rows = [
    row(0, { ...slow, durationMs: 300 }),
    row(400, { ...slow, localName: 'N:', remoteName: '\\\\nas21\\archive', status: 53, durationMs: 21_000 }),
    row(22_000, { ...slow, localName: 'N:', remoteName: '\\\\nas21\\archive', status: 53, durationMs: 21_000 }),
    row(44_000, { ...slow, localName: 'N:', remoteName: '\\\\nas21\\archive', status: 53, durationMs: 21_000 }),
    row(44_500, { ...slow, localName: 'S:', remoteName: '\\\\fs02\\shared', durationMs: 7_000 }),
    row(66_000, { ...slow, localName: 'T:', outcome: 'cancelled', status: 1223, durationMs: 2_000 }),
    row(70_000, { ...slow, localName: 'U:', outcome: 'unfinished', status: undefined, durationMs: undefined }),
    cancel(71_000, slow),
  ]
  for (let i = 0; i < logons; i++) {
    const user = `S-1-5-21-1-2-3-${2000 + i}`
    rows.push(row(1000 * i, { user, logonId: `0x${i + 1}` }), row(1000 * i + 20, { user, logonId: `0x${i + 1}`, localName: 'S:' }))
  }
  return rows
}

export function dataOf(rows: readonly OperationRow[]) {
  const collector = new ReportCollector()
  for (const each of rows) collector.add(each)
  return collector.finish()
}

export const OPTIONS = {
  wording: { userName: (sid: string) => (sid === BERGER ? 'CORP\\m.berger' : sid), offsetMinutes: 120 },
  sources: ['rings'],
  losses: [],
  faults: [],
  version: '0.0.0',
}
