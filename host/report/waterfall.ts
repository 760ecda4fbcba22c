// One logon as a waterfall. The table is the chart: each row says in words what its bars show, and a screen reader loses nothing.

import type { Logon } from '../analysis/logon.ts'
import { endOf, type OperationRow } from '../analysis/operation-row.ts'
import { html, type Markup } from '../text/html.ts'
import { count, duration, moment, plural, statusText, type Wording } from './wording.ts'

/** Rows of a waterfall at most: the longest are shown. */
export const LANES_MAX = 60
/** Bars of a row at most, the longest: a program may try one letter ten thousand times. */
export const BARS_MAX = 40
/** The chart's width in its own units; names of the script's zoom rest on it. */
const WIDTH = 1000
const HEIGHT = 18
/** A gap gets a row of its own from this share of the logon's time on. */
const GAP_SHARE = 0.02

/** Several attempts at one letter, or one operation. */
interface Lane {
  readonly rows: OperationRow[]
}

/** Attempts that followed failed ones share a lane. */
export function lanesOf(rows: readonly OperationRow[]): Lane[] {
  const lanes: Lane[] = []
  const open = new Map<string, Lane>()
  for (const row of rows) {
    const name = row.kind === 'add' ? (row.localName || row.remoteName || '').toLowerCase() : ''
    const lane = name === '' ? undefined : open.get(name)
    if (lane && lane.rows.at(-1)!.outcome === 'failed') {
      lane.rows.push(row)
      continue
    }
    const fresh = { rows: [row] }
    lanes.push(fresh)
    if (name !== '') open.set(name, fresh)
  }
  return lanes
}

export function waterfall(logon: Logon, number: number, wording: Wording): Markup {
  const all = lanesOf(logon.rows)
  const spanOf = ({ rows }: Lane) => endOf(rows.at(-1)!) - rows[0]!.time
  const shown = new Set([...all].sort((a, b) => spanOf(b) - spanOf(a)).slice(0, LANES_MAX))
  const lanes = all.filter((lane) => shown.has(lane))
  const chain = new Set(logon.criticalChain.map((index) => logon.rows[index]!))
  const id = `logon-${number}`
  return html`
<section class="waterfall" aria-labelledby="${id}">
<h3 id="${id}">${number}. ${wording.userName(logon.user)}${logon.host ? ` on ${logon.host}` : ''}, ${moment(logon.from, wording)}</h3>
<p>${summary(logon)}</p>
<p class="needs-script"><button type="button" class="whole" disabled>Show the whole logon</button></p>
<div class="wide" tabindex="0" role="region" aria-label="Operations of logon ${number}"><table class="lanes">
<caption>Session ${logon.sessionId}, logon ${logon.logonId}. ${
    all.length > lanes.length ? `The ${lanes.length} longest of ${all.length} rows.` : ''
  }</caption>
<thead><tr><th class="number">Begins</th><th>Connection</th><th class="number">Took</th><th>Result</th><th aria-hidden="true"></th></tr></thead>
<tbody>${withGaps(lanes, logon).map((entry) => ('rows' in entry ? laneRow(entry, logon, chain) : gapRow(entry)))}</tbody>
</table></div>
</section>`
}

function summary(logon: Logon): string {
  const parts = [
    `${plural(logon.operations, 'operation')} in ${duration(logon.to - logon.from)}`,
    `mapping time ${duration(logon.mappingMs)} (sum of durations ${duration(logon.summedMs)})`,
  ]
  if (logon.lostMs > 0) parts.push(`${duration(logon.lostMs)} of it in ${plural(logon.failed, 'operation')} that failed`)
  if (logon.parallelMs > 0) parts.push(`${duration(logon.parallelMs)} with several at once`)
  if (logon.idleMs > 0) parts.push(`${duration(logon.idleMs)} with none`)
  const dead = logon.deadServers.map(({ server, lostMs }) => `${server} answered nothing and cost ${duration(lostMs)}`)
  const later = logon.later > 0 ? [`${plural(logon.later, 'operation')} came later in the session`] : []
  return `${[...parts, ...dead, ...later].join('; ')}.`
}

type Entry = Lane | { readonly from: number; readonly to: number }

/** Long gaps stand between the lanes that they separate. */
function withGaps(lanes: readonly Lane[], logon: Logon): Entry[] {
  const least = GAP_SHARE * (logon.to - logon.from)
  const gaps = logon.gaps.filter(({ from, to }) => to - from >= least && to - from > 0)
  const entries: Entry[] = [...lanes, ...gaps]
  const begin = (entry: Entry) => ('rows' in entry ? entry.rows[0]!.time : entry.from)
  return entries.sort((a, b) => begin(a) - begin(b))
}

function gapRow({ from, to }: { readonly from: number; readonly to: number }): Markup {
  return html`<tr class="gap"><td></td><td colspan="4">${duration(to - from)} with no operation running</td></tr>`
}

function laneRow({ rows }: Lane, logon: Logon, chain: ReadonlySet<OperationRow>): Markup {
  const first = rows[0]!
  const last = rows.at(-1)!
  const span = Math.max(logon.to - logon.from, 1)
  const at = (time: number) => ((time - logon.from) / span) * WIDTH
  const name = first.kind === 'cancel' ? `remove ${first.localName || first.remoteName || ''}` : connection(last)
  const isCritical = rows.some((row) => chain.has(row))
  const width = Math.max(at(endOf(last)) - at(first.time), 1)
  return html`<tr>
<td class="number" data-from="${at(first.time).toFixed(1)}" data-width="${width.toFixed(1)}">+${duration(first.time - logon.from)}</td>
<td class="name">${name}</td>
<td class="number">${duration(rows.length === 1 ? first.durationMs : endOf(last) - first.time)}</td>
<td class="result">${result(rows)}${isCritical ? ', on the critical chain' : ''}</td>
<td class="timeline" aria-hidden="true"><svg class="bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${longestOf(rows).map((row) => bar(row, at, chain.has(row)))}</svg></td>
</tr>`
}

function longestOf(rows: readonly OperationRow[]): readonly OperationRow[] {
  if (rows.length <= BARS_MAX) return rows
  return [...rows].sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0)).slice(0, BARS_MAX)
}

function connection({ localName, remoteName }: OperationRow): string {
  return localName ? `${localName} → ${remoteName ?? ''}` : (remoteName ?? 'a connection without a name')
}

const CLASSES = { succeeded: 'good', failed: 'bad', cancelled: 'stop', unfinished: 'open' } as const

function bar(row: OperationRow, at: (time: number) => number, isCritical: boolean): Markup {
  const x = at(row.time)
  const width = Math.max(at(endOf(row)) - x, 2)
  return html`<rect class="${CLASSES[row.outcome]}${isCritical ? ' chain' : ''}" x="${x.toFixed(1)}" y="3" width="${width.toFixed(1)}" height="${HEIGHT - 6}"/>`
}

function result(rows: readonly OperationRow[]): Markup {
  const last = rows.at(-1)!
  const attempts = rows.length > 1 ? `${count(rows.length)} attempts, the last one ` : ''
  if (last.outcome === 'failed') return html`<span class="failed">${attempts}failed: ${statusText(last.status ?? 0)}</span>`
  if (last.outcome === 'cancelled') return html`<span class="stopped">${attempts}cancelled by a person</span>`
  return html`${attempts}${last.outcome}`
}
