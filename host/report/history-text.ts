// A history as lines for people and as JSON.

import type { HistoryRow } from '../analysis/history.ts'
import type { OperationRow } from '../analysis/operation-row.ts'
import { safeJson, safeText } from '../text/safe-text.ts'
import { duration, moment, plural, statusText, type Wording } from './wording.ts'

/** One line, without its time: what happened, by whom, and what became of it. */
export function historyText(row: HistoryRow, wording: Wording): string {
  switch (row.type) {
    case 'mapped':
      return `mapped    ${connection(row.by)} by ${who(row.by, wording)}; ${endText(row, wording)}${row.isRemembered ? '; Windows restores it at the next logon, untold' : ''}`
    case 'removed':
      return `removed   ${safeText(row.by.localName || row.by.remoteName || '-')} by ${who(row.by, wording)}; nobody was seen to map it: it was restored at logon, or mapped before these records`
    case 'attempt':
      return `${attempt(row.by)} ${connection(row.by)} by ${who(row.by, wording)}${row.by.status === undefined ? '' : `: ${statusText(row.by.status)}`}`
    case 'observed':
      return `observed  ${safeText(row.localName || '-')} -> ${safeText(row.remoteName)}`
    default:
      return `unknown   ${plural(row.records, 'record')} missing until ${moment(row.to, wording)}: what happened meanwhile is not known`
  }
}

/** When a row begins, epoch ms. */
export function timeOf(row: HistoryRow): number {
  return 'from' in row ? row.from : row.at
}

function attempt({ kind, outcome }: OperationRow): string {
  return outcome === 'unfinished' ? `${kind} without an end:` : `${outcome === 'cancelled' ? 'cancelled' : 'failed'}    ${kind}`
}

function connection({ kind, localName, remoteName }: OperationRow): string {
  if (kind === 'cancel') return safeText(localName || remoteName || '-')
  return `${safeText(localName || '-')} -> ${safeText(remoteName || '-')}`
}

function who({ image, processId, user, host, sessionId }: OperationRow, wording: Wording): string {
  return `${safeText(image || '-')} ${processId} (${safeText(wording.userName(user))}, ${host === undefined ? '' : `${safeText(host)}, `}session ${sessionId})`
}

function endText(row: Extract<HistoryRow, { type: 'mapped' }>, wording: Wording): string {
  if (row.to === undefined || !row.endedBy) return 'nothing says that it ended'
  const lived = `for ${duration(row.to - row.from)}, until ${moment(row.to, wording)}`
  if (row.end === 'cancelled') return `${lived}, when ${who(row.endedBy, wording)} removed it`
  return `it ended unseen before ${moment(row.to, wording)}, when the letter was mapped to ${safeText(row.endedBy.remoteName || '-')}`
}

/** One row as a JSON object on a line, in the shape of all our lines. */
export function historyJson(row: HistoryRow, wording: Wording): string {
  const { type, ...fields } = row
  return safeJson({
    level: type === 'unknown' ? 40 : 30,
    time: Math.floor(timeOf(row)),
    msg: historyText(row, wording).replace(/\s+/g, ' '),
    type: 'history',
    what: type,
    ...fields,
  })
}
