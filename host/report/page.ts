// The report as one page that needs nothing else: no network, no other file, readable without its script, printable.

import { createHash } from 'node:crypto'
import type { Change } from '../analysis/baseline.ts'
import { findingOf } from '../analysis/finding.ts'
import type { ReportData } from '../analysis/report-data.ts'
import { type HtmlValue, html, Markup } from '../text/html.ts'
import { findingText } from './finding-text.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import { changeTable, explainedErrors, groupTable, octaveBeginning, octavesOf, ROWS_MAX } from './tables.ts'
import { BARS_MAX, LANES_MAX, waterfall } from './waterfall.ts'
import { count, duration, moment, percent, plural, statusText, type Wording, zone } from './wording.ts'

/** Logons that get a waterfall. */
const WATERFALLS = 20
const SOURCES_NAMED = 50
const FAULTS_NAMED = 100
const LOSSES_SHOWN = 200

/** Records of one source that are not in the report. */
export interface ReportLoss {
  /** The source, as people name it. */
  readonly source: string
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
}

export interface ReportPageOptions {
  readonly wording: Wording
  /** The sources that were read, as people name them. */
  readonly sources: readonly string[]
  readonly losses: readonly ReportLoss[]
  /** Sentences about sources that could not be read, or not to their end. */
  readonly faults: readonly string[]
  /** Since a baseline, if one was given. */
  readonly changes?: readonly Change[] | undefined
  readonly version: string
}

/** The whole page. */
export function reportPage(data: ReportData, options: ReportPageOptions): string {
  const { wording } = options
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; img-src data:; base-uri 'none'; form-action 'none'`
  const title = `Drive mappings, ${period(data, wording)}`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(STYLE)}</style></head>
<body>
<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatching-ground" width="8" height="8"/><line class="hatching" x1="0" y1="0" x2="0" y2="8"/></pattern></defs></svg>
<header><h1>${title}</h1><p class="lead">${findingText(findingOf(data), wording)}</p></header>
<main>
${overview(data, options)}
${options.changes && section('changes', 'Since the baseline', changeTable(options.changes))}
${logonSection(data, wording)}
${section('servers', 'Servers', groupTable('table-servers', 'Server', byLostTime(data, 'server'), String))}
${section('shares', 'Shares', groupTable('table-shares', 'Share', byLostTime(data, 'share'), String))}
${section(
  'errors',
  'Failures, explained',
  explainedErrors(data.groups.error, wording),
  groupTable('table-errors', 'Error', data.groups.error, (key) => statusText(Number(key))),
)}
${section('programs', 'Programs', groupTable('table-programs', 'Program', data.groups.image, String))}
${section(
  'users',
  'Users',
  groupTable('table-users', 'User', byLostTime(data, 'user'), (key) => wording.userName(String(key))),
)}
${section('coverage', 'What is not in this report', ...coverage(data, options))}
</main>
<script>${new Markup(SCRIPT)}</script>
</body></html>
`.text
}

function section(id: string, title: string, ...content: readonly HtmlValue[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`
}

function byLostTime({ groups }: ReportData, by: 'server' | 'share' | 'user') {
  return [...groups[by]].sort((a, b) => b.lostMs - a.lostMs || b.operations - a.operations)
}

function period({ from, to }: ReportData, wording: Wording): string {
  return from === undefined || to === undefined ? 'no operations' : `${moment(from, wording)} to ${moment(to, wording)} ${zone(wording)}`
}

function overview(data: ReportData, { losses, wording }: ReportPageOptions): Markup {
  const { operations, failed, logons, lostMs, users, hosts, durations } = data
  const at = (share: number) => logons.mappingMs[Math.min(Math.floor(logons.count * share), logons.count - 1)]
  const lost = losses.reduce((sum, { overrun, abandoned, corrupt }) => sum + overrun + abandoned + corrupt, 0)
  const tile = (name: string, value: string, small: string) => html`<div><dt>${name}</dt><dd>${value}<small>${small}</small></dd></div>`
  return html`<h2 id="overview">Overview</h2><dl class="tiles">
${tile('Operations', count(operations), `${plural(users, 'user')}${hosts.length > 0 ? ` on ${plural(hosts.length, 'machine')}` : ''}`)}
${tile('Failed', percent(failed, operations), plural(failed, 'operation'))}
${tile('Logons', count(logons.count), `${plural(logons.later, 'operation')} came later`)}
${tile('Mapping time of a logon', duration(at(0.5)), `median; p90 ${duration(at(0.9))}, longest ${duration(at(1))}`)}
${tile('One operation', duration(durations.quantile(0.5)), `median; p90 ${duration(durations.quantile(0.9))}`)}
${tile('Lost to failures', duration(lostMs), 'the sum over all operations')}
${tile('Records missing', count(lost), lost === 0 ? 'the account is complete' : 'see the end of the page')}
</dl>
${timelineChart(data, wording)}
${durationChart(data)}`
}

function timelineChart({ timeline, from, to }: ReportData, wording: Wording): Markup | undefined {
  const { bins, widthMs } = timeline
  if (bins.length === 0 || from === undefined || to === undefined) return undefined
  const most = Math.max(...bins.map(({ operations }) => operations), 1)
  const step = 1000 / bins.length
  const bars = bins.map(({ operations, failed }, i) => {
    const [all, bad] = [(100 * operations) / most, (100 * failed) / most]
    const x = (i * step).toFixed(1)
    const width = Math.max(step - 0.6, 0.5).toFixed(1)
    return [
      operations > failed &&
        html`<rect class="good" x="${x}" y="${(100 - all).toFixed(1)}" width="${width}" height="${(all - bad).toFixed(1)}"/>`,
      failed > 0 && html`<rect class="bad" x="${x}" y="${(100 - bad).toFixed(1)}" width="${width}" height="${bad.toFixed(1)}"/>`,
    ]
  })
  const rows = bins.filter(({ operations }) => operations > 0)
  return html`<h3 id="when">When</h3>
<svg class="chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-labelledby="when when-text">${bars}</svg>
<p class="axis"><span>${moment(bins[0]!.from, wording)}</span><span id="when-text">Operations in ${duration(widthMs)} each, at most ${count(most)}; hatched: failed</span><span>${moment(bins.at(-1)!.from + widthMs, wording)}</span></p>
<details><summary>The same as a table</summary><div class="wide" tabindex="0" role="region" aria-label="Operations over time"><table><thead><tr><th scope="col">From</th><th scope="col" class="number">Operations</th><th scope="col" class="number">Failed</th></tr></thead><tbody>${rows.map(
    (bin) =>
      html`<tr><td>${moment(bin.from, wording)}</td><td class="number">${count(bin.operations)}</td><td class="number">${count(bin.failed)}</td></tr>`,
  )}</tbody></table></div></details>`
}

function durationChart({ durations }: ReportData): Markup | undefined {
  const octaves = octavesOf(durations)
  const used = octaves.flatMap((value, i) => (value > 0 ? [i] : []))
  if (used.length === 0) return undefined
  const [first, last] = [used[0]!, used.at(-1)!]
  const part = octaves.slice(first, last + 1)
  const most = Math.max(...part)
  const step = 1000 / part.length
  const bars = part.map((value, i) => {
    const height = (100 * value) / most
    return html`<rect class="good" x="${(i * step + 1).toFixed(1)}" y="${(100 - height).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${height.toFixed(1)}"/>`
  })
  return html`<h3 id="how-long">How long</h3>
<svg class="chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-labelledby="how-long how-long-text">${bars}</svg>
<p class="axis"><span>${duration(octaveBeginning(first))}</span><span id="how-long-text">Operations by duration; each bar is twice as long as the one before it</span><span>${duration(octaveBeginning(last + 1))}</span></p>
<details><summary>The same as a table</summary><div class="wide" tabindex="0" role="region" aria-label="Operations by duration"><table><thead><tr><th scope="col" class="number">From</th><th scope="col" class="number">To</th><th scope="col" class="number">Operations</th></tr></thead><tbody>${part.map(
    (value, i) =>
      html`<tr><td class="number">${duration(octaveBeginning(first + i))}</td><td class="number">${duration(octaveBeginning(first + i + 1))}</td><td class="number">${count(value)}</td></tr>`,
  )}</tbody></table></div></details>`
}

function logonSection({ logons }: ReportData, wording: Wording): Markup {
  const shown = logons.slowest.slice(0, WATERFALLS)
  const intro =
    logons.count > shown.length
      ? `The ${shown.length} slowest of ${count(logons.count)} logons.`
      : `All ${plural(logons.count, 'logon')}, the slowest first.`
  return section(
    'logons',
    'Slowest logons',
    html`<p>${shown.length === 0 ? 'There are none.' : intro} A logon is the mappings of one session from its first operation until none was running for 30 s. The time is mapping time: authentication, profile and desktop are not seen.</p>
<ul class="legend"><li><svg viewBox="0 0 22 12"><rect class="good" width="22" height="12"/></svg>succeeded</li><li><svg viewBox="0 0 22 12"><rect class="bad" width="22" height="12"/></svg>failed (hatched)</li><li><svg viewBox="0 0 22 12"><rect class="stop" width="22" height="12"/></svg>cancelled by a person</li><li><svg viewBox="0 0 22 12"><rect class="open" x="1" y="1" width="20" height="10"/></svg>no end seen</li><li><svg viewBox="0 0 22 12"><rect class="good chain" x="1" y="1" width="20" height="10"/></svg>framed: on the critical chain</li></ul>`,
    shown.map((logon, i) => waterfall(logon, i + 1, wording)),
  )
}

const someOf = (names: readonly string[]) =>
  names.slice(0, SOURCES_NAMED).join(', ') + (names.length > SOURCES_NAMED ? `, and ${count(names.length - SOURCES_NAMED)} more` : '')

/** What the page shows of much: the figures are made of all operations, the rows are not all here. */
function thinning({ operations, logons }: ReportData): Markup {
  const drawn = logons.slowest.slice(0, WATERFALLS).reduce((sum, logon) => sum + logon.operations, 0)
  return html`<p>Every figure is made of all ${plural(operations, 'operation')}. Not every operation has a row of its own: the waterfalls show the ${count(Math.min(logons.count, WATERFALLS))} slowest of ${plural(logons.count, 'logon')} (${count(drawn)} operations), of each at most ${LANES_MAX} rows and of a row at most ${BARS_MAX} attempts, the longest; a table shows at most ${ROWS_MAX} rows; times are joined into at most 120 bars.</p>`
}

function coverage(data: ReportData, { sources, losses, faults, version }: ReportPageOptions): Markup[] {
  const incomplete = losses.filter(({ overrun, abandoned, corrupt }) => overrun + abandoned + corrupt > 0)
  return [
    html`<p>Windows tells of connections that programs make and remove by the WNet functions. It does not tell of connections that it restores at logon, of plain access to UNC paths, or of NetUseAdd.</p>`,
    html`<p>Sources: ${someOf(sources) || 'none'}. Machines: ${someOf(data.hosts) || 'this one'}.</p>`,
    thinning(data),
    html`${faults.length > 0 && html`<ul>${faults.slice(0, FAULTS_NAMED).map((fault) => html`<li class="failed">${fault}</li>`)}</ul>`}${faults.length > FAULTS_NAMED && html`<p>${count(faults.length - FAULTS_NAMED)} more faults.</p>`}`,
    incomplete.length === 0
      ? html`<p>No record is missing.</p>`
      : html`<div class="wide" tabindex="0" role="region" aria-label="Missing records"><table><caption>Records that are missing. Overrun: overwritten before they were read. Abandoned: begun and never completed. Corrupt: not what a writer writes.${incomplete.length > LOSSES_SHOWN ? ` The first ${LOSSES_SHOWN} of ${count(incomplete.length)} sources.` : ''}</caption><thead><tr><th scope="col">Source</th><th scope="col" class="number">Overrun</th><th scope="col" class="number">Abandoned</th><th scope="col" class="number">Corrupt</th></tr></thead><tbody>${incomplete
          .slice(0, LOSSES_SHOWN)
          .map(
            ({ source, overrun, abandoned, corrupt }) =>
              html`<tr><th scope="row" class="name">${source}</th><td class="number">${count(overrun)}</td><td class="number">${count(abandoned)}</td><td class="number">${count(corrupt)}</td></tr>`,
          )}</tbody></table></div>`,
    html`<p class="note">Made by mprtap ${version}.</p>`,
  ]
}
