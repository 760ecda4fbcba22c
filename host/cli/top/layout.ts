// What `top` shows, as lines: pure functions of what is known and of what was chosen.

import { formatMapping, formatProcess } from '../../text/event-text.ts'
import { safeText } from '../../text/safe-text.ts'
import { type Column, tableLines } from '../../text/table.ts'
import { formatDuration, formatTime } from '../../text/time-text.ts'
import { fit, padEnd } from '../../text/width.ts'
import type { Colours } from '../output/colours.ts'
import { type Activity, type ActivityLog, type InFlight, recentP90, type View } from './activity.ts'

/** Orders of the main table, the greatest first. */
export const ORDERS = ['operations', 'failed', 'p90', 'longest', 'lost-time'] as const
export type Order = (typeof ORDERS)[number]

/** What was chosen with keys. */
export interface Choice {
  readonly view: View
  readonly order: Order
  /** Only rows with this text in their name. */
  readonly filter: string
  /** The filter is being typed. */
  readonly isTyping: boolean
  readonly isPaused: boolean
  /** Rows of the main table that are above its top. */
  readonly skipped: number
}

/** The name of an account, as far as it is known now. */
export type NameOf = (sid: string) => string | undefined
const NAMELESS: NameOf = () => undefined

export interface Shown {
  readonly log: ActivityLog
  readonly lost: number
  readonly rings: number
  /** Epoch ms. */
  readonly now: number
  readonly utc: boolean
  readonly nameOf?: NameOf
}

const VALUE: Readonly<Record<Order, (activity: Activity) => number>> = {
  operations: ({ operations }) => operations,
  failed: ({ failed }) => failed,
  p90: (activity) => recentP90(activity) ?? -1,
  longest: ({ longestMs }) => longestMs,
  'lost-time': ({ lostMs }) => lostMs,
}

/** Lines for the operations in flight at the bottom, their title among them. */
const IN_FLIGHT_LINES = 5
/** A terminal with fewer lines shows no operations in flight. */
const ROWS_FOR_IN_FLIGHT = 14

/** What a row is called: a user by the account's name, where it is known. */
function titleOf(view: View, key: string, nameOf: NameOf): string {
  return (view === 'users' ? nameOf(key) : undefined) ?? key
}

/** Rows of the main table in the order chosen. */
export function rowsOf(
  log: ActivityLog,
  { view, order, filter }: Pick<Choice, 'view' | 'order' | 'filter'>,
  nameOf: NameOf = NAMELESS,
): Activity[] {
  const wanted = filter.toLowerCase()
  const value = VALUE[order]
  return log
    .activities(view)
    .filter(({ key }) => [key, titleOf(view, key, nameOf)].some((name) => name.toLowerCase().includes(wanted)))
    .map((activity) => [value(activity), activity] as const)
    .sort(([a, x], [b, y]) => b - a || y.operations - x.operations)
    .map(([, activity]) => activity)
}

function columnsOf(view: View, order: Order | undefined, nameOf: NameOf): readonly Column<Activity>[] {
  const number = (title: Order, rank: number, text: (activity: Activity) => string): Column<Activity> => ({
    title: (title === order ? `${title}*` : title).replace('-', ' '),
    type: 'number',
    rank: title === order ? 0 : rank,
    text,
  })
  return [
    { title: view.slice(0, -1), type: 'text', rank: 0, text: ({ key }) => safeText(titleOf(view, key, nameOf)) || '(no name)' },
    number('operations', 0, ({ operations }) => String(operations)),
    number('failed', 0, ({ failed }) => String(failed)),
    number('p90', 1, (activity) => formatDuration(recentP90(activity))),
    number('longest', 2, ({ longestMs }) => formatDuration(longestMs)),
    number('lost-time', 3, ({ lostMs }) => formatDuration(lostMs)),
  ]
}

/** One table without a terminal: all servers, nothing shortened. */
export function plainLines(log: ActivityLog, choice: Choice, width: number | undefined, nameOf: NameOf = NAMELESS): string[] {
  return tableLines(columnsOf(choice.view, undefined, nameOf), rowsOf(log, choice, nameOf), width)
}

/** The whole screen: exactly `height` lines of at most `width` columns. */
export function screenLines(shown: Shown, choice: Choice, width: number, height: number, colours: Colours): string[] {
  const { log, nameOf = NAMELESS } = shown
  const inFlight = height >= ROWS_FOR_IN_FLIGHT ? inFlightLines(log.inFlight(), shown, width, colours) : []
  const head = [fit(headLine(shown, choice), width), ...(height > 6 ? [''] : [])]
  const foot = colours.dim(fit(footLine(choice), width))
  const room = Math.max(1, height - head.length - inFlight.length - 1)
  const rows = rowsOf(log, choice, nameOf)
  const skipped = Math.min(choice.skipped, Math.max(0, rows.length - (room - 1)))
  const [title, ...table] = tableLines(columnsOf(choice.view, choice.order, nameOf), rows.slice(skipped, skipped + room - 1), width)
  const main = [
    colours.inverse(padEnd(title!, width)),
    ...table.map((line, i) => (rows[skipped + i]!.failed > 0 ? colours.red(line) : line)),
  ]
  const filling = Array.from({ length: Math.max(0, room - main.length) }, () => '')
  return [...head, ...main, ...filling, ...inFlight, foot].slice(0, height)
}

function headLine({ log, lost, rings, now, utc }: Shown, { isPaused }: Choice): string {
  const share = log.operations === 0 ? 0 : (100 * log.failed) / log.operations
  const parts = [
    formatTime(now, { utc, short: true }),
    `${log.rate(10, now).toFixed(1)}/s`,
    `${log.operations} ${log.operations === 1 ? 'operation' : 'operations'}`,
    `${log.failed} failed (${share.toFixed(1)} %)`,
    `${log.inFlight().length} in flight`,
    `${lost} lost`,
    `${rings} ${rings === 1 ? 'ring' : 'rings'}`,
  ]
  return (isPaused ? '[paused] ' : '') + parts.join('  ')
}

function footLine({ filter, isTyping, order, view }: Choice): string {
  if (isTyping) return `only names with: ${safeText(filter)}_   Enter keeps it, Esc clears it`
  const filtered = filter === '' ? '' : ` [${safeText(filter)}]`
  return `q quit  s sort: ${order}  v view: ${view}  f filter${filtered}  p pause  arrows scroll`
}

function inFlightLines(operations: readonly InFlight[], { now }: Shown, width: number, colours: Colours): string[] {
  const title = operations.length === 0 ? 'in flight: none' : 'in flight, the oldest first'
  const lines = operations.slice(0, IN_FLIGHT_LINES - 2).map(({ event, time }) => {
    const age = padEnd(formatDuration(Math.max(0, now - time)), 8)
    return fit(`${age}  ${event.kind.padEnd(6)}  ${formatMapping(event)}  ${formatProcess(event)}`, width)
  })
  const filling = Array.from({ length: IN_FLIGHT_LINES - 2 - lines.length }, () => '')
  return ['', colours.bold(fit(title, width)), ...lines, ...filling]
}
