// What a run leaves behind: a table on the terminal and, with --write, docs/benchmarks/: figures, plots and a page made of nothing else.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Bar, barChart } from './chart.ts'
import type { environment } from './environment.ts'
import type { Timing } from './measure.ts'
import { figure, markdownTable, type Row, terminalTable } from './table.ts'

const FOLDER = 'docs/benchmarks'

interface RingResult {
  readonly records: number
  readonly bytes: number
  readonly titles: Readonly<Record<string, string>>
  readonly groups: Readonly<Record<string, readonly Timing[]>>
}

interface DecodeResult {
  readonly [ratio: string]: unknown
  readonly small_ring: Readonly<Record<string, number>>
  readonly by_processor_time: Readonly<Record<string, number>>
  readonly disturbance: number
  readonly chosen: Readonly<Record<string, string>>
  readonly environment: ReturnType<typeof environment>
  readonly distinct_names: Readonly<Record<string, number>>
  readonly rings: { readonly large: RingResult; readonly small: RingResult; readonly distinct: RingResult }
}

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

type Results = { decode?: DecodeResult; latency?: PlainResult; scale?: PlainResult; captures?: PlainResult; startup?: PlainResult }

const timingRows = (timings: readonly Timing[]): Row[] =>
  [...timings].sort((a, b) => a.median - b.median).map(({ label, median, min, max }) => [label, figure(median), figure(min), figure(max)])
const RATIO_HEAD = ['ratio of throughputs, higher is better', 'large ring', 'small ring', 'large ring, processor time']
const ratioRows = ({ small_ring, by_processor_time, ...rest }: DecodeResult): Row[] =>
  Object.keys(by_processor_time).map((key) => [key, rest[key] as number, small_ring[key] ?? '', by_processor_time[key]!])
/** From here on somebody else was at work on the machine, and the figures are worth less. */
const DISTURBED = 1.15
const verdict = ({ disturbance }: DecodeResult) =>
  `Time on the wall was ${disturbance} times processor time (median over all variants): ${disturbance < DISTURBED ? 'a quiet run.' : 'others were at work on this machine, so trust the ratios by processor time more.'}`
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

function charts({ rings }: DecodeResult): { file: string; title: string; svg: string }[] {
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
    return { file: `decode-${group.replaceAll('_', '-')}.svg`, title, svg: barChart(title, 'ns per record, shorter is better', bars) }
  })
}

function machine({ cpu, cores, caches, memoryGiB, os, node, v8, clang, date, commit }: ReturnType<typeof environment>): string {
  return `${cpu}, ${cores} cores, ${caches.join(', ')}, ${memoryGiB} GiB; ${os}; Node ${node} (V8 ${v8}), clang ${clang}; ${date}, commit ${commit}.`
}

function page({ decode, latency, scale, captures, startup }: Results): string {
  const parts = [
    '<!-- Written by "npm run bench -- decode|latency|scale|captures|startup --write". Do not edit: the text is in bench/lib/report.ts. -->',
    '# Benchmarks',
    'Every figure on this page was written by the run that measured it. Absolute numbers depend on the machine and on what else it did; only ratios within one run mean something.',
  ]
  if (decode) {
    const { large, small } = decode.rings
    parts.push(
      '## Decoding: `npm run bench -- decode --write`',
      `${machine(decode.environment)}`,
      `Generated traffic (thousands of shares of Zipf popularity, about 3% of the names not ASCII) in a ring of ${large.records.toLocaleString('en-US')} slots (${Math.round(large.bytes / 2 ** 20)} MiB) and in one of the default ${small.records.toLocaleString('en-US')} (512 KiB). All variants read the same bytes, in one process, one sample of each in turn, round after round; a figure is the median over ${large.groups.events![0]!.rounds} rounds. Before anything is timed every variant has to give the right answer: five fields of every record, and of those that make objects every field of the first thousands, compared with what was written. Ours include the copy out of the ring, stamps, checksums and every length check; the others trust the bytes. "Ordinary" and "best" JavaScript are the fastest of the forms listed (here ${Object.values(decode.chosen).join(', ')}).`,
      verdict(decode),
      markdownTable(RATIO_HEAD, ratioRows(decode)),
      `Where no two of ${decode.rings.distinct.records.toLocaleString('en-US')} records have one remote name, more than the table of names holds ([ADR 9](../adr/0009-no-bypass-for-new-names.md)):`,
      markdownTable(['ratio of throughputs, higher is better', 'distinct names'], Object.entries(decode.distinct_names)),
    )
    for (const { file, title } of charts(decode)) parts.push(`### ${title}`, `![${title}](${file})`)
    for (const [group, timings] of Object.entries(small.groups)) {
      parts.push(
        `<details><summary>${small.titles[group]}: small ring, ns per record</summary>`,
        markdownTable(['variant', 'median', 'min', 'max'], timingRows(timings)),
        '</details>',
      )
    }
  }
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
  { print, write }: { print: boolean; write: boolean },
): void {
  if (print) process.stdout.write(`${name === 'decode' ? decodeText(result) : terminalTable(['what', 'figure'], plainRows(result))}\n`)
  const over = (name === 'decode' ? [] : result.figures).filter(({ value, budget }) => budget !== undefined && value > budget)
  for (const { what, budget, unit } of over) process.stderr.write(`${what}: more than ${budget} ${unit}\n`)
  if (over.length > 0) process.exitCode = 1
  if (!write) return
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${FOLDER}/${name}.json`, `${JSON.stringify(result, undefined, 1)}\n`)
  if (name === 'decode') for (const { file, svg } of charts(result)) writeFileSync(`${FOLDER}/${file}`, svg)
  const kept = (file: string) =>
    existsSync(`${FOLDER}/${file}.json`) ? JSON.parse(readFileSync(`${FOLDER}/${file}.json`, 'utf8')) : undefined
  const results: Results = {
    decode: kept('decode'),
    latency: kept('latency'),
    scale: kept('scale'),
    captures: kept('captures'),
    startup: kept('startup'),
  }
  writeFileSync(`${FOLDER}/README.md`, page(results))
}
