// A history as lines for people and as JSON.

import type { HistoryRow, ObservedMapping } from '../analysis/history.ts'
import type { OperationRow } from '../analysis/operation-row.ts'
import { safeJson, safeText } from '../text/safe-text.ts'
import { duration, moment, plural, statusText, type Wording } from './wording.ts'

/** One line, without its time: what happened, by whom, and what became of it. */
export function historyText(row: HistoryRow, wording: Wording): string {
  switch (row.type) {
    case 'mapped':
      return `mapped    ${connection(row.by)} by ${who(row.by, wording)}; ${endText(row, wording)}${row.isRemembered ? '; Windows restores it at the next logon, untold' : ''}`
    case 'restored':
      return `restored  ${connection(row.by)} for ${whose(row.endedBy, wording)}, probably: ${program(row.by)} had it remembered at ${moment(row.by.time, wording)}; until ${moment(row.to, wording)}, when ${program(row.endedBy)} removed it`
    case 'removed':
      return `removed   ${nameOf(row.by)} by ${who(row.by, wording)}; nobody was seen to map it: it was restored at logon, or mapped before these records`
    case 'attempt':
      return `${attempt(row.by)} ${connection(row.by)} by ${who(row.by, wording)}${row.by.status === undefined || row.by.outcome === 'unfinished' ? '' : `: ${statusText(row.by.status)}`}`
    case 'observed':
      return `observed  ${observed(row.mapping)} of ${whose(row.mapping, wording)}, by a snapshot; nobody was seen to map it; ${endText(row, wording)}`
    default:
      return `unknown   ${plural(row.records, 'record')} of ${safeText(wording.userName(row.user))} missing ${row.to === undefined ? 'until the end of these records' : `until ${moment(row.to, wording)}`}: what happened meanwhile is not known`
  }
}

/**
 * What most people want to know of a history, in a sentence: who removed it last, and when; and where it is mapped still.
 * @returns `undefined` when nobody mapped or removed anything.
 */
export function historyAnswer(rows: readonly HistoryRow[], wording: Wording): string | undefined {
  const removals = rows.filter(isRemoval)
  const last = removals.reduce<(typeof removals)[number] | undefined>((a, b) => (a && endOfRemoval(a) > endOfRemoval(b) ? a : b), undefined)
  const open = rows.filter((row) => (row.type === 'mapped' || row.type === 'observed') && row.to === undefined).length
  const mapped = rows.some(({ type }) => type === 'mapped' || type === 'observed')
  if (!last && !mapped) return undefined
  const still = open > 0 ? ` Nothing says that ${plural(open, 'mapping')} ${open === 1 ? 'has' : 'have'} ended.` : ''
  const unknown = rows.some(({ type }) => type === 'unknown') ? ' Records are missing: more may have happened.' : ''
  if (!last) return `Nobody was seen to remove it.${still}${unknown}`
  const by = last.type === 'removed' ? last.by : last.endedBy!
  const led =
    last.type === 'removed' ? '' : `; it led to ${safeText((last.type === 'observed' ? last.mapping : last.by).remoteName || '-')}`
  return `Removed last: ${nameOf(by)} at ${moment(endOfRemoval(last), wording)} by ${who(by, wording)}${led}.${still}${unknown}`
}

type Removal = Extract<HistoryRow, { type: 'mapped' | 'observed' | 'restored' | 'removed' }>

function isRemoval(row: HistoryRow): row is Removal {
  if (row.type === 'mapped' || row.type === 'observed') return row.end === 'cancelled' && row.endedBy !== undefined
  return row.type === 'restored' || row.type === 'removed'
}

const endOfRemoval = (row: Removal) => (row.type === 'removed' ? row.at : (row.to ?? 0))

/** When a row begins, epoch ms; `undefined`: before these records. */
export function timeOf(row: HistoryRow): number | undefined {
  return 'at' in row ? row.at : row.from
}

/** The time of a row as its line begins. */
export function timeText(row: HistoryRow, wording: Wording): string {
  const time = timeOf(row)
  return time === undefined ? 'before all others'.padEnd(19) : moment(time, wording)
}

function attempt({ kind, outcome }: OperationRow): string {
  return outcome === 'unfinished' ? `no end    ${kind}` : `${outcome === 'cancelled' ? 'cancelled' : 'failed   '} ${kind}`
}

const nameOf = ({ localName, remoteName }: OperationRow) => safeText(localName || remoteName || '-')

function connection(row: OperationRow): string {
  return row.kind === 'cancel' ? nameOf(row) : observed(row)
}

function observed({ localName, remoteName }: Pick<OperationRow, 'localName' | 'remoteName'>): string {
  return `${safeText(localName || '-')} -> ${safeText(remoteName || '-')}`
}

const program = ({ image, processId }: OperationRow) => `${safeText(image || '-')} ${processId}`

function whose({ user, host, sessionId }: Pick<ObservedMapping, 'user' | 'host' | 'sessionId'>, wording: Wording): string {
  return `${safeText(wording.userName(user))}, ${host === undefined ? '' : `${safeText(host)}, `}session ${sessionId}`
}

function who(row: OperationRow, wording: Wording): string {
  return `${program(row)} (${whose(row, wording)})`
}

/** The operation that ended a mapping is of the same session: a letter belongs to one. */
function endText(row: Extract<HistoryRow, { type: 'mapped' | 'observed' }>, wording: Wording): string {
  const missing = row.type === 'mapped' && row.missing > 0 ? `, and ${plural(row.missing, 'record')} missing since` : ''
  if (row.to === undefined) return `nothing says that it ended${missing}`
  const end = moment(row.to, wording)
  if (!row.endedBy)
    return `it ended unseen before ${end}, when a snapshot ${row.end === 'gone' ? 'no longer saw it' : 'saw another target'}`
  if (row.end === 'cancelled') return `for ${duration(row.to - row.from)}, until ${end}, when ${program(row.endedBy)} removed it`
  return `it ended unseen before ${end}, when the letter was mapped to ${safeText(row.endedBy.remoteName || '-')}`
}

/** One row as a JSON object on a line, in the shape of all our lines. */
export function historyJson(row: HistoryRow, wording: Wording): string {
  const { type, ...fields } = row
  return safeJson({
    level: type === 'unknown' ? 40 : 30,
    time: Math.floor(timeOf(row) ?? ('to' in row ? row.to : undefined) ?? 0),
    msg: historyText(row, wording).replace(/\s+/g, ' '),
    type: 'history',
    what: type,
    ...fields,
  })
}
