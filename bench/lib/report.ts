// What a run leaves behind: a table on the terminal and, with --write, docs/benchmarks/: figures, plots and a page made of nothing else.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Bar, barChart } from './chart.ts'
import { type DecodeResult, decodeSection, nodeOf, verdict } from './decode-page.ts'
import type { environment } from './environment.ts'
import type { Timing } from './measure.ts'
import { figure, markdownTable, type Row, terminalTable } from './table.ts'

const FOLDER = 'docs/benchmarks'

/** Latency, scale and start: figures by name, with what they are, and what may not be exceeded. */
interface PlainResult {
  readonly environment: ReturnType<typeof environment>
  readonly figures: readonly {
    readonly what: string
    readonly value: number
    readonly unit: string
    readonly note?: string
    readonly budget?: number
  }[]
}

/** Decoding was measured on several versions of Node, the newest last. */
type Results = {
  decode: readonly DecodeResult[]
  latency?: PlainResult
  scale?: PlainResult
  captures?: PlainResult
  first?: PlainResult
  startup?: PlainResult
}

const timingRows = (timings: readonly Timing[]): Row[] =>
  [...timings].sort((a, b) => a.median - b.median).map(({ label, median, min, max }) => [label, figure(median), figure(min), figure(max)])
const RATIO_HEAD = ['ratio of throughputs, higher is better', 'large ring', 'small ring', 'large ring, processor time']
const ratioRows = ({ small_ring, by_processor_time, ...rest }: DecodeResult): Row[] =>
  Object.keys(by_processor_time).map((key) => [key, rest[key] as number, small_ring[key] ?? '', by_processor_time[key]!])
const plainRows = ({ figures }: PlainResult): Row[] =>
  figures.map(({ what, value, unit, note, budget }) => {
    const remark = note ?? (budget === undefined ? undefined : `at most ${budget}`)
    return [what, `${figure(value)} ${unit}${remark === undefined ? '' : ` (${remark})`}`]
  })

function decodeText(result: DecodeResult): string {
  const sections = (['large', 'small', 'distinct'] as const).flatMap((size) => {
    const { bytes, titles, groups } = result.rings[size]
    const ring = bytes > 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.round(bytes / 1024)} KiB`
    return Object.entries(groups).map(
      ([group, timings]) => `${titles[group]} (${ring})\n${terminalTable(['ns per record', 'median', 'min', 'max'], timingRows(timings))}`,
    )
  })
  const ratios = terminalTable(RATIO_HEAD, ratioRows(result))
  const distinct = terminalTable(['no remote name twice', 'ratio'], Object.entries(result.distinct_names))
  return [...sections, ratios, distinct, verdict(result)].join('\n\n')
}

const chartFile = (group: string) => `decode-${group.replaceAll('_', '-')}.svg`

function charts({ rings }: DecodeResult): { file: string; svg: string }[] {
  const titles = { ...rings.large.titles, ...rings.distinct.titles }
  return Object.entries({ ...rings.large.groups, ...rings.distinct.groups }).map(([group, timings]) => {
    const bars: Bar[] = [...timings]
      .sort((a, b) => a.median - b.median)
      .map(({ label, median }) => ({
        label,
        value: median,
        kind: label.startsWith('mprtap') ? 'ours' : label.startsWith('C:') ? 'limit' : 'peer',
      }))
    const title = titles[group]!
    return { file: chartFile(group), svg: barChart(title, 'ns per record, shorter is better', bars) }
  })
}

function machine({ cpu, cores, caches, memoryGiB, os, node, v8, clang, date, commit }: ReturnType<typeof environment>): string {
  return `${[cpu, `${cores} cores`, ...caches, `${memoryGiB} GiB`].join(', ')}; ${os}; Node ${node} (V8 ${v8}), clang ${clang}; ${date}, commit ${commit}.`
}

function page({ decode, latency, scale, captures, first, startup }: Results): string {
  const parts = [
    '<!-- Written by "npm run bench -- decode|latency|scale|captures|first|startup --write". Do not edit: the text is in bench/lib/report.ts. -->',
    '# Benchmarks',
    'Every figure on this page was written by the run that measured it. Absolute numbers depend on the machine and on what else it did; only ratios within one run mean something.',
  ]
  if (decode.length > 0) parts.push(...decodeSection(decode, machine, chartFile))
  if (latency)
    parts.push(
      '## Latency: `npm run bench -- latency --write`',
      machine(latency.environment),
      markdownTable(['what', 'figure'], plainRows(latency)),
    )
  if (scale)
    parts.push(
      '## Scale: `npm run bench -- scale --write`',
      machine(scale.environment),
      markdownTable(['what', 'figure'], plainRows(scale)),
    )
  if (captures)
    parts.push(
      '## Captures: `npm run bench -- captures --write`',
      machine(captures.environment),
      'Ratios of reading are of medians of processor time in one run.',
      markdownTable(['what', 'figure'], plainRows(captures)),
    )
  if (first)
    parts.push(
      '## The first notification of a process: `npm run bench -- first --write`',
      machine(first.environment),
      'Under Wine, whose system calls are requests to a server. The numbers of calls say more than the times ([ADR 15](../adr/0015-what-a-notification-costs.md)).',
      markdownTable(['what', 'figure'], plainRows(first)),
    )
  if (startup)
    parts.push(
      '## Start: `npm run bench -- startup --write`',
      machine(startup.environment),
      markdownTable(['what', 'figure'], plainRows(startup)),
    )
  return `${parts.join('\n\n')}\n`
}

export function report(
  name: keyof Results,
  result: DecodeResult & PlainResult,
  { print, write, isLast = true }: { print: boolean; write: boolean; isLast?: boolean },
): void {
  if (print) process.stdout.write(`${name === 'decode' ? decodeText(result) : terminalTable(['what', 'figure'], plainRows(result))}\n`)
  const over = (name === 'decode' ? [] : result.figures).filter(({ value, budget }) => budget !== undefined && value > budget)
  for (const { what, budget, unit } of over) process.stderr.write(`${what}: more than ${budget} ${unit}\n`)
  if (over.length > 0) process.exitCode = 1
  if (!write) return
  mkdirSync(FOLDER, { recursive: true })
  const file = name === 'decode' ? `decode-node${nodeOf(result)}` : name
  writeFileSync(`${FOLDER}/${file}.json`, `${JSON.stringify(result, undefined, 1)}\n`)
  // The page is made of the figures of all versions, so of one run.
  if (!isLast) return
  const read = (kept: string) => JSON.parse(readFileSync(`${FOLDER}/${kept}`, 'utf8'))
  const kept = (of: string) => (existsSync(`${FOLDER}/${of}.json`) ? read(`${of}.json`) : undefined)
  const decode = readdirSync(FOLDER)
    .filter((kept) => /^decode-node\d+\.json$/.test(kept))
    .map(read)
    .sort((a: DecodeResult, b: DecodeResult) => nodeOf(a) - nodeOf(b)) as DecodeResult[]
  const newest = decode.at(-1)
  for (const { file, svg } of newest ? charts(newest) : []) writeFileSync(`${FOLDER}/${file}`, svg)
  const results: Results = {
    decode,
    latency: kept('latency'),
    scale: kept('scale'),
    captures: kept('captures'),
    first: kept('first'),
    startup: kept('startup'),
  }
  writeFileSync(`${FOLDER}/README.md`, page(results))
}
