// From timings to the ratios of throughputs that are reported. Where there are several forms of a peer, the fastest one counts.

import type { Timing } from '../lib/measure.ts'

/** Each peer, and the variants that compete for its place. */
const PEERS = {
  ordinaryJs: ['ordinary_text_decoder', 'ordinary_buffer'],
  bestJs: ['best_js_interned', 'best_js_window_slice'],
  msgpackr: ['msgpackr', 'msgpackr_bundled'],
  filterBestJs: ['filter1pct_best_js_memoised', 'filter1pct_best_js_folded'],
  filterPrefixBestJs: ['filter1pct_prefix_best_js_memoised', 'filter1pct_prefix_best_js_folded'],
  rulesBestJs: ['rules256_best_js_memoised', 'rules256_combined_regex'],
  countOrdinaryJs: ['count_ordinary_text_decoder', 'count_ordinary_buffer'],
  filterBestJsVerified: ['filter1pct_best_js_memoised_verified', 'filter1pct_best_js_folded_verified'],
  filterPrefixBestJsVerified: ['filter1pct_prefix_best_js_memoised_verified', 'filter1pct_prefix_best_js_folded_verified'],
} as const

/** @param by `median`: time on the wall, which is what counts; `cpu`: processor time, which others on the machine disturb less. */
export function ratiosOf(groups: Readonly<Record<string, readonly Timing[]>>, by: 'median' | 'cpu' = 'median') {
  const medians = new Map(Object.values(groups).flatMap((timings) => timings.map((timing) => [timing.variant, timing[by]] as const)))
  const of = (variant: string) => {
    const ns = medians.get(variant)
    if (ns === undefined) throw new Error(`there is no variant ${variant}`)
    return ns
  }
  const chosen = Object.fromEntries(
    Object.entries(PEERS).map(([peer, variants]) => [peer, [...variants].sort((a, b) => of(a) - of(b))[0]!]),
  ) as Record<keyof typeof PEERS, string>
  const ratio = (peer: string, ours: string) => Number((of(peer) / of(ours)).toPrecision(3))
  return {
    chosen,
    ratios: {
      columns_vs_ordinary_js: ratio(chosen.ordinaryJs, 'columns'),
      objects_vs_ordinary_js: ratio(chosen.ordinaryJs, 'objects'),
      objects_vs_best_js: ratio(chosen.bestJs, 'objects'),
      filter1pct_vs_decode_all: ratio('filter1pct_decode_all', 'filter1pct'),
      filter1pct_vs_decode_one_field: ratio('filter1pct_decode_one_field', 'filter1pct'),
      filter1pct_vs_best_js: ratio(chosen.filterBestJs, 'filter1pct'),
      rules256_vs_best_js: ratio(chosen.rulesBestJs, 'rules256'),
      count_by_share_vs_ordinary_js: ratio(chosen.countOrdinaryJs, 'count_by_share'),
      columns_vs_c: ratio('c_limit', 'columns'),
      replay_vs_msgpackr: ratio(chosen.msgpackr, 'objects'),
      // Where the distance to C is: in the width of vectors, in verifying, or in what is made of a record.
      columns_vs_c_128: ratio('c_limit_128', 'columns'),
      floor_vs_c: ratio('c_floor', 'floor'),
      floor_vs_c_128: ratio('c_floor_128', 'floor'),
      // Not asked for, and not always flattering: the same against stronger peers.
      columns_vs_best_js_fields: ratio('best_js_fields', 'columns'),
      filter1pct_prefix_vs_best_js: ratio(chosen.filterPrefixBestJs, 'filter1pct_prefix'),
      rules256_vs_ordinary_js: ratio('rules256_ordinary', 'rules256'),
      rules256_vs_combined_regex: ratio('rules256_combined_regex', 'rules256'),
      count_by_share_vs_one_field: ratio('count_one_field', 'count_by_share'),
      count_by_share_vs_best_js: ratio('count_best_js', 'count_by_share'),
      columns_from_file_vs_ordinary_js: ratio(chosen.ordinaryJs, 'columns_from_file'),
      // Peers that give the same guarantees: what they read was copied and verified before.
      columns_vs_best_js_verified: ratio('best_js_fields_verified', 'columns'),
      objects_vs_best_js_verified: ratio('best_js_interned_verified', 'objects'),
      filter1pct_vs_best_js_verified: ratio(chosen.filterBestJsVerified, 'filter1pct'),
      filter1pct_prefix_vs_best_js_verified: ratio(chosen.filterPrefixBestJsVerified, 'filter1pct_prefix'),
      rules256_vs_best_js_verified: ratio('rules256_best_js_memoised_verified', 'rules256'),
      count_by_share_vs_best_js_verified: ratio('count_best_js_verified', 'count_by_share'),
      // The floor: the copy, stamps, lengths and checksums alone.
      filter1pct_prefix_vs_floor: ratio('floor', 'filter1pct_prefix'),
      count_by_share_vs_floor: ratio('floor', 'count_by_share'),
      // The rate of operations while 4,096 PREs wait whose names somebody chose so that they collide, by the ordinary rate. Large ring only.
      ...(medians.has('operations_attacked') ? { rate_under_hash_attack: ratio('operations_columns', 'operations_attacked') } : {}),
    },
  }
}

/** The same where no two records have one remote name, so that interning only costs. */
export function distinctRatiosOf(timings: readonly Timing[]) {
  const of = (variant: string) => timings.find((timing) => timing.variant === variant)!.median
  const ordinary = Math.min(...PEERS.ordinaryJs.map(of))
  const ratio = (peer: number, ours: string) => Number((peer / of(ours)).toPrecision(3))
  return {
    columns_vs_ordinary_js: ratio(ordinary, 'columns'),
    objects_vs_ordinary_js: ratio(ordinary, 'objects'),
    objects_vs_best_js: ratio(of('best_js_window_slice'), 'objects'),
  }
}
