// The page's tables of groups: servers, shares, errors, programs, users, and what changed since a baseline.

import type { Change } from '../analysis/baseline.ts'
import type { DurationCells } from '../analysis/duration-cells.ts'
import type { ReportGroup } from '../analysis/report-data.ts'
import { beginningOf } from '../model/duration-cells.ts'
import { html, type Markup } from '../text/html.ts'
import { count, duration, explainStatus, moment, percent, statusText, type Wording } from './wording.ts'

/** Rows of a table at most. */
export const ROWS_MAX = 100

/** A cell that is sorted by `value` and aligned to the right. */
const number = (value: number, text: string) => html`<td class="number" data-value="${value}">${text}</td>`

/** A table of groups with a box to filter it. @param title one word for what a row is; it names the table too. */
export function groupTable(id: string, title: string, groups: readonly ReportGroup[], nameOf: (key: string | number) => string): Markup {
  if (groups.length === 0) return html`<p>There are none.</p>`
  const shown = groups.slice(0, ROWS_MAX)
  return html`
<div class="tools needs-script"><label>Filter: <input type="search" data-filters="${id}" autocomplete="off"></label> <span id="${id}-told" role="status"></span></div>
<div class="wide" tabindex="0" role="region" aria-label="${title} table"><table id="${id}" class="sortable">
<caption>${shown.length < groups.length ? `The first ${count(shown.length)} of ${count(groups.length)}. ` : ''}Quantiles are within 6.3 %. “Lost” is the time of operations that failed.</caption>
<thead><tr><th scope="col">${title}</th><th scope="col" class="number">Operations</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Users</th><th scope="col" class="number">Median</th><th scope="col" class="number">p90</th><th scope="col" class="number">p99</th><th scope="col" class="number">Longest</th><th scope="col" class="number">Lost</th><th aria-hidden="true"></th></tr></thead>
<tbody>${shown.map((group) => groupRow(group, nameOf))}</tbody>
</table></div>`
}

function groupRow(group: ReportGroup, nameOf: (key: string | number) => string): Markup {
  const { key, operations, failed, users, durations, lostMs } = group
  const quantile = (share: number) => number(durations.quantile(share) ?? -1, duration(durations.quantile(share)))
  const failures = failed === 0 ? '0' : `${count(failed)} (${percent(failed, operations)})`
  const dead = typeof key === 'string' && group.isDead && html` <span class="failed">answered nothing</span>`
  return html`<tr><th scope="row" class="name">${key === undefined ? '(others)' : nameOf(key) || '(no name)'}${dead}</th>${number(operations, count(operations))}${number(failed, failures)}${number(users, count(users))}${quantile(0.5)}${quantile(0.9)}${quantile(0.99)}${number(durations.max, duration(durations.count > 0 ? durations.max : undefined))}${number(lostMs, duration(lostMs))}<td aria-hidden="true">${spark(durations)}</td></tr>`
}

/** Durations by octave, from a microsecond to an hour: where most of them lie, at a look. */
function spark(durations: DurationCells): Markup {
  const octaves = octavesOf(durations)
  const most = Math.max(...octaves, 1)
  const bars = octaves.map((value, i) => {
    const height = value === 0 ? 0 : Math.max(1, (16 * value) / most)
    return html`<rect class="good" x="${i * 10}" y="${(16 - height).toFixed(1)}" width="9" height="${height.toFixed(1)}"/>`
  })
  return html`<svg class="spark" viewBox="0 0 ${octaves.length * 10} 16" preserveAspectRatio="none">${bars}</svg>`
}

/** The first octave that is told by itself begins at 8 µs, the last one at an hour or so. */
export function octavesOf(durations: DurationCells): number[] {
  return Array.from({ length: 30 }, (_, octave) => {
    let sum = 0
    for (let cell = 8 * octave; cell < 8 * octave + 8; cell++) sum += durations.counts[cell] ?? 0
    return sum
  })
}

/** Where an octave begins, ms. */
export const octaveBeginning = (octave: number): number => beginningOf(8 * octave)

/** Each status in words: what it means for a mapping, and what to check next. */
export function explainedErrors(groups: readonly ReportGroup[], wording: Wording): Markup {
  const entries = groups.filter(({ key }) => typeof key === 'number').slice(0, 30)
  if (entries.length === 0) return html`<p>Nothing failed.</p>`
  return html`<dl class="explained">${entries.map(({ key, operations, first, last }) => {
    const explanation = explainStatus(key as number)
    const check = explanation?.checks[0]
    const when = `${operations === 1 ? 'Once' : `${count(operations)} times`}, from ${moment(first, wording)} to ${moment(last, wording)}.`
    return html`<dt>${statusText(key as number)}</dt><dd>${explanation ? `${explanation.meaning} ` : ''}${when}</dd>${check && html`<dd class="soft">Next, on the ${check.on}: <code>${check.command}</code> ${check.look}</dd>`}`
  })}</dl>`
}

const CHANGES = { new: 'new', gone: 'gone', slower: 'slower', failing: 'fails more often' } as const

/** What is new, gone, slower or failing since the baseline. */
export function changeTable(changes: readonly Change[]): Markup {
  if (changes.length === 0) return html`<p>Nothing is new, gone, slower or failing more often than in the baseline.</p>`
  const figures = (group: ReportGroup | undefined) =>
    group
      ? `${count(group.operations)}, ${percent(group.failed, group.operations)} failed, p90 ${duration(group.durations.quantile(0.9))}`
      : '–'
  return html`<div class="wide" tabindex="0" role="region" aria-label="Changes table"><table><caption>${count(changes.length)} changes${changes.length > ROWS_MAX ? `, the first ${ROWS_MAX} are shown` : ''}.</caption>
<thead><tr><th scope="col">What</th><th scope="col">Change</th><th scope="col">Baseline: operations</th><th scope="col">Now: operations</th></tr></thead>
<tbody>${changes
    .slice(0, ROWS_MAX)
    .map(
      ({ by, key, type, before, now }) =>
        html`<tr><th scope="row" class="name">${by === 'error' ? statusText(Number(key)) : `${by} ${key}`}</th><td>${CHANGES[type]}</td><td>${figures(before)}</td><td>${figures(now)}</td></tr>`,
    )}</tbody></table></div>`
}
