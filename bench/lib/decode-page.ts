// The page on decoding: each group with the figures of every Node that was measured, side by side, and what they allow to conclude. Every number
// in its sentences comes from the results.

import type { environment } from './environment.ts'
import type { Timing } from './measure.ts'
import { figure, markdownTable, type Row } from './table.ts'

export interface RingResult {
  readonly records: number
  readonly bytes: number
  readonly titles: Readonly<Record<string, string>>
  readonly groups: Readonly<Record<string, readonly Timing[]>>
}

export interface DecodeResult {
  readonly [ratio: string]: unknown
  readonly small_ring: Readonly<Record<string, number>>
  readonly by_processor_time: Readonly<Record<string, number>>
  readonly disturbance: number
  readonly chosen: Readonly<Record<string, string>>
  readonly environment: ReturnType<typeof environment>
  readonly distinct_names: Readonly<Record<string, number>>
  readonly rings: { readonly large: RingResult; readonly small: RingResult; readonly distinct: RingResult }
}

type Size = keyof DecodeResult['rings']

/** From here on somebody else was at work on the machine, and the figures are worth less. */
const DISTURBED = 1.15

export const verdict = ({ disturbance }: DecodeResult) =>
  `Time on the wall was ${disturbance} times processor time (median over all variants): ${disturbance < DISTURBED ? 'a quiet run.' : 'others were at work on this machine, so trust the ratios by processor time more.'}`

export const nodeOf = ({ environment }: DecodeResult) => Number.parseInt(environment.node, 10)

/** How a sentence of one Node's figures is made. */
class Figures {
  readonly #groups: ReadonlyMap<string, Timing>
  readonly floor: number

  constructor(result: DecodeResult, size: Size) {
    this.#groups = new Map(
      Object.values(result.rings[size].groups)
        .flat()
        .map((timing) => [timing.variant, timing]),
    )
    this.floor = size === 'distinct' ? Number.NaN : this.#of('floor')
  }

  #of(...variants: readonly string[]): number {
    return Math.min(...variants.map((variant) => this.#groups.get(variant)!.median))
  }

  ns(...variants: readonly string[]): string {
    return `${figure(this.#of(...variants))} ns`
  }

  /** The first variant beside the fastest of the others. */
  beside(ours: string, ...peers: readonly string[]): string {
    const ratio = this.#of(...peers) / this.#of(ours)
    return ratio >= 1 ? `${ratio.toPrecision(3)} times as fast as` : `slower, by a factor of ${(1 / ratio).toPrecision(3)}, than`
  }

  /** How much of a variant's time is the copy, the stamps and the checksums. */
  floorOf(variant: string): string {
    return `${Math.round((100 * this.floor) / this.#of(variant))} %`
  }
}

const ordinary = ['ordinary_text_decoder', 'ordinary_buffer']
const best = ['best_js_interned', 'best_js_window_slice']

/** What each group of the two rings allows to conclude. */
const CONCLUSIONS: Readonly<Record<string, (large: Figures, small: Figures) => string>> = {
  events: (large, small) =>
    `Columns cost ${large.ns('columns')} a record in the large ring and ${small.ns('columns')} in the small one; C with the same checks takes ${large.ns('c_limit')} and ${small.ns('c_limit')}. Plain objects cost ${large.ns('objects')} and ${small.ns('objects')}: they are ${large.beside('objects', ...ordinary)} ordinary JavaScript in the large ring, and in the small one ${small.beside('objects', ...best)} the best JavaScript, which believes every byte. Take columns where the rate counts, and objects where they are kept.`,
  copy: (large, small) =>
    `The bytes alone, copied and not looked at, cost ${large.ns('copy_of_slots')} in the large ring and ${small.ns('copy_of_slots')} in the small one. C takes ${large.ns('c_memcpy')} and ${small.ns('c_memcpy')}. No reader of a ring that others write into can be faster than this.`,
  floor: (large, small) =>
    `Copied, and each record’s stamp, lengths and checksum verified: ${large.ns('floor')} in the large ring and ${small.ns('floor')} in the small one. This is the price of not believing other processes. C takes ${large.ns('c_floor')} and ${small.ns('c_floor')}, and with 128-bit vectors, which are all that WebAssembly has, ${large.ns('c_floor_128')} and ${small.ns('c_floor_128')}. Every figure of ours has it inside; those of others do not, unless their label says so.`,
  operations: (large, small) =>
    `Two notifications become one operation for ${large.ns('operations_columns')} a notification in the large ring and ${small.ns('operations_columns')} in the small one. As plain objects they cost ${large.ns('operations_objects')} and ${small.ns('operations_objects')}, since there are half as many objects. Somebody who makes 4,096 names collide brings the first figure to ${large.ns('operations_attacked')} and no further: the hash has a secret key.`,
  filter1pct: (large, small) =>
    `A glob that keeps one record in a hundred costs ${large.ns('filter1pct')} in the large ring and ${small.ns('filter1pct')} in the small one, ${large.floorOf('filter1pct')} and ${small.floorOf('filter1pct')} of which is the floor. It is ${large.beside('filter1pct', 'filter1pct_decode_all')} decoding everything first, and ${small.beside('filter1pct', 'filter1pct_best_js_memoised', 'filter1pct_best_js_folded')} the best JavaScript in the small ring. Filter in the tap, not after it.`,
  filter1pct_prefix: (large, small) =>
    `Where the beginning of a name decides, a record costs ${large.ns('filter1pct_prefix')} in the large ring and ${small.ns('filter1pct_prefix')} in the small one, ${large.floorOf('filter1pct_prefix')} and ${small.floorOf('filter1pct_prefix')} of which is the floor. JavaScript that looks at the same characters without verifying takes ${large.ns('filter1pct_prefix_best_js_folded')} and ${small.ns('filter1pct_prefix_best_js_folded')}; with the same guarantees ${large.ns('filter1pct_prefix_best_js_folded_verified')} and ${small.ns('filter1pct_prefix_best_js_folded_verified')}. Begin a pattern with the server where you can.`,
  rules256: (large, small) =>
    `256 rules over names cost ${large.ns('rules256')} in the large ring and ${small.ns('rules256')} in the small one, objects of the records that pass included. That is ${large.beside('rules256', 'rules256_best_js_memoised')} JavaScript that remembers its verdict with each name, and ${large.beside('rules256', 'rules256_combined_regex')} one regular expression of all rules. The number of rules hardly matters, since a name is judged once.`,
  count_by_share: (large, small) =>
    `Counting by string id costs ${large.ns('count_by_share')} in the large ring and ${small.ns('count_by_share')} in the small one, ${large.floorOf('count_by_share')} and ${small.floorOf('count_by_share')} of which is the floor. It is ${large.beside('count_by_share', 'count_ordinary_text_decoder', 'count_ordinary_buffer')} decoding everything first, and ${small.beside('count_by_share', 'count_best_js')} the best JavaScript in the small ring, which believes every byte. With the same guarantees that one takes ${large.ns('count_best_js_verified')} and ${small.ns('count_best_js_verified')}.`,
  tap: (large) =>
    `A whole tap, opened on a file of the large ring and closed at its end, costs ${large.ns('tap_batches')} a record as columns. One event at a time, by \`for await\`, it costs ${large.ns('tap_for_await')}. The difference to the figures above is the opening, the reading of the file and the first use of memory.`,
}

const distinctConclusion = (distinct: Figures) =>
  `Where no two records have one remote name, interning only costs: columns take ${distinct.ns('columns')} and objects ${distinct.ns('objects')}. Objects are ${distinct.beside('objects', ...ordinary)} ordinary JavaScript, and ${distinct.beside('objects', 'best_js_window_slice')} JavaScript that cuts all names of a window out of one string, and so keeps 64 KiB alive for each name that somebody keeps ([ADR 9](../adr/0009-no-bypass-for-new-names.md)). Names of real machines repeat, so this is the worst case and not the usual one.`

/** A group's variants, with the medians of each Node and ring. */
function variants(results: readonly DecodeResult[], group: string, sizes: readonly Size[]): string {
  const measured = results.flatMap((result) => sizes.map((size) => ({ result, size, timings: result.rings[size].groups[group] })))
  const columns = measured.filter(({ timings }) => timings !== undefined)
  const first = [...columns[0]!.timings!].sort((a, b) => a.median - b.median)
  const head = ['ns a record, median', ...columns.map(({ result, size }) => `Node ${nodeOf(result)}, ${size}`)]
  const rows: Row[] = first.map(({ label, variant }) => [
    label,
    ...columns.map(({ timings }) => {
      const timing = timings!.find((one) => one.variant === variant)
      return timing === undefined ? '' : figure(timing.median)
    }),
  ])
  return markdownTable(head, rows)
}

function ratios(results: readonly DecodeResult[]): string {
  const head = [
    'ratio of throughputs, higher is better',
    ...results.flatMap((result) => [`Node ${nodeOf(result)}, large`, 'small', 'large, by processor time']),
  ]
  const rows: Row[] = Object.keys(results[0]!.by_processor_time).map((key) => [
    key,
    ...results.flatMap((result) => [result[key] as number, result.small_ring[key] ?? '', result.by_processor_time[key] ?? '']),
  ])
  return markdownTable(head, rows)
}

/**
 * @param results one a Node, the newest last: its figures are in the sentences.
 * @param machine where a result comes from; @param chart the file of a group's chart.
 */
export function decodeSection(
  results: readonly DecodeResult[],
  machine: (environment: DecodeResult['environment']) => string,
  chart: (group: string) => string,
): string[] {
  const newest = results.at(-1)!
  const { large, small, distinct } = newest.rings
  const figures = { large: new Figures(newest, 'large'), small: new Figures(newest, 'small'), distinct: new Figures(newest, 'distinct') }
  const image = (group: string, title: string) => `![${title}](${chart(group)})`
  const parts = [
    '## Decoding: `npm run bench -- decode --write`',
    `Generated traffic (thousands of shares of Zipf popularity, about 3 % of the names not ASCII) in a ring of ${large.records.toLocaleString('en-US')} slots (${Math.round(large.bytes / 2 ** 20)} MiB, "large") and in one of the default ${small.records.toLocaleString('en-US')} (512 KiB, "small"). All variants read the same bytes, in one process, one sample of each in turn, round after round; a figure is the median over ${large.groups.events![0]!.rounds} rounds. Before anything is timed every variant has to give the right answer: five fields of every record, and of those that make objects every field of the first thousands, compared with what was written. Ours include the copy out of the ring, stamps, checksums and every length check; others do so where their label says "copied and verified". Sentences and charts are about Node ${nodeOf(newest)}.`,
    ...results.map((result) => `${machine(result.environment)} ${verdict(result)}`),
    '"Ordinary" and "best" JavaScript are the fastest of the forms that are listed below.',
    ratios(results),
  ]
  for (const group of Object.keys(large.groups)) {
    parts.push(`### ${large.titles[group]}`)
    const conclude = CONCLUSIONS[group]
    if (conclude !== undefined) parts.push(conclude(figures.large, figures.small))
    parts.push(image(group, large.titles[group]!), variants(results, group, ['large', 'small']))
  }
  for (const group of Object.keys(distinct.groups))
    parts.push(
      `### ${distinct.titles[group]}`,
      distinctConclusion(figures.distinct),
      image(group, distinct.titles[group]!),
      variants(results, group, ['distinct']),
    )
  return parts
}
