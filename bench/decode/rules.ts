// A policy of 256 rules, any of which may keep a record: globs and exact names, a half of them with a second condition.

import { globs } from '../../host/filter/glob.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import type { Kind } from '../../host/model/events.ts'
import { Random } from '../../host/testing/random.ts'
import { type Group, kept, type Variant } from '../lib/measure.ts'
import type { Corpus } from './corpus.ts'
import { filtered, judge, regexOf } from './filters.ts'
import { BufferDecoder } from './peers/buffer.ts'
import { byWindow, type Slots, trustedSlots, verifiedSlots } from './peers/slot-sources.ts'
import type { RecordFields } from './truth.ts'
import { tally } from './truth.ts'

const RULES = 256

interface Rule {
  readonly glob: string
  readonly kind?: Kind
  readonly image?: string
}

function makeRules(corpus: Corpus): Rule[] {
  const random = new Random(256)
  const counts = new Map<string, number>()
  for (const { remoteName } of corpus.fields) if (remoteName) counts.set(remoteName, (counts.get(remoteName) ?? 0) + 1)
  // A policy is about what is rare: the less popular half of the shares.
  const byPopularity = [...counts.keys()].filter((name) => /^\\\\[^*?"]*$/.test(name)).sort((a, b) => counts.get(a)! - counts.get(b)!)
  const names = byPopularity.slice(0, byPopularity.length / 2)
  const images = [...new Set(corpus.fields.flatMap(({ image }) => image ?? []))]
  return Array.from({ length: RULES }, (_, i) => {
    const [, , server, share] = random.pick(names).split('\\')
    const topic = /^\p{L}+/u.exec(share!)?.[0] ?? share!
    if (i % 4 === 0) return { glob: `\\\\${server}\\${topic}*`.toUpperCase() }
    if (i % 4 === 1) return { glob: `\\\\${server}\\${share}`, kind: 'add' }
    if (i % 4 === 2) return { glob: `\\\\${server}\\*`, image: images[random.below(images.length)]! }
    return { glob: `\\\\*\\${share}` }
  })
}

const textOf = ({ glob, kind, image }: Rule) =>
  [`remoteName glob "${glob}"`, kind && `kind == "${kind}"`, image && `process.image == "${image}"`].filter(Boolean).join(' && ')

function everyRule(corpus: Corpus, rules: readonly Rule[]): Variant {
  const decoder = new BufferDecoder(corpus)
  const compiled = rules.map(({ glob, ...rest }) => ({ ...rest, pattern: new RegExp(regexOf(glob), 'i') }))
  const keeps = ({ remoteName, kind, process }: RecordFields) => {
    if (remoteName === undefined) return false
    for (const rule of compiled) {
      if (rule.kind !== undefined && rule.kind !== kind) continue
      if (rule.image !== undefined && rule.image !== process.image) continue
      if (rule.pattern.test(remoteName)) return true
    }
    return false
  }
  return {
    name: 'rules256_ordinary',
    label: 'ordinary JavaScript: decode all, rule by rule',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const event = decoder.decode(first + i)
        if (!keeps(event)) continue
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
  }
}

/** Rules on the name alone as one regular expression; the others as one for each second condition. */
function combinedRegex({ decoder }: Slots, rules: readonly Rule[]): Variant {
  const any = (list: readonly Rule[]) => new RegExp(list.map(({ glob }) => `(?:${regexOf(glob)})`).join('|') || '[]', 'i')
  const always = any(rules.filter(({ kind, image }) => kind === undefined && image === undefined))
  const adds = any(rules.filter(({ kind }) => kind === 'add'))
  const byImage = new Map(
    [...new Set(rules.flatMap(({ image }) => image ?? []))].map((image) => [image, any(rules.filter((rule) => rule.image === image))]),
  )
  return {
    name: 'rules256_combined_regex',
    label: 'best JavaScript: combined regular expressions',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const event = decoder.decode(first + i)
        const { remoteName, kind, process } = event
        if (remoteName === undefined) continue
        if (!always.test(remoteName) && !(kind === 'add' && adds.test(remoteName)) && !byImage.get(process.image!)?.test(remoteName))
          continue
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
  }
}

/** A name's verdict is kept with its id: refused, kept, or the rules that look at more than the name. */
function memoised(slots: Slots, rules: readonly Rule[]): Variant {
  const { decoder, suffix, note } = slots
  const compiled = rules.map(({ glob, ...rest }) => ({ ...rest, pattern: new RegExp(regexOf(glob), 'i') }))
  type Left = readonly (typeof compiled)[number][]
  /** 0 not judged yet, 1 refused, 2 kept, 3 depends. */
  const verdicts = new Uint8Array(1 << 16)
  const left: Left[] = []
  verdicts[0] = 1
  const judged = (id: number) => {
    const matching = compiled.filter(({ pattern }) => pattern.test(decoder.interner.strings[id]!))
    left[id] = matching
    const sure = matching.some(({ kind, image }) => kind === undefined && image === undefined)
    verdicts[id] = matching.length === 0 ? 1 : sure ? 2 : 3
    return verdicts[id]
  }
  const holds = ({ kind, process }: RecordFields, id: number) =>
    left[id]!.some((rule) => (rule.kind === undefined || rule.kind === kind) && (rule.image === undefined || rule.image === process.image))
  return {
    name: `rules256_best_js_memoised${suffix}`,
    label: `best JavaScript: interned remote name, verdict kept with it${note}`,
    pass: (first, count) =>
      byWindow(slots, first, count, (slot, sequence, some) => {
        let sum = 0
        for (let i = 0; i < some; i++) {
          const id = decoder.remoteName(slot + i)
          const verdict = verdicts[id] || judged(id)
          if (verdict === 1) continue
          const event = decoder.decode(slot + i, sequence + i)
          if (verdict === 3 && !holds(event, id)) continue
          kept[i & 255] = event
          sum = (sum + tally(event)) | 0
        }
        return sum
      }),
  }
}

export function rulesGroup(corpus: Corpus): Group {
  const rules = makeRules(corpus)
  const byName = new Map<string, Rule[]>()
  const { expected, fraction } = judge(corpus, ({ remoteName, kind, image }) => {
    if (remoteName === undefined) return false
    let matching = byName.get(remoteName)
    if (!matching) {
      matching = rules.filter(({ glob }) => globs(glob, remoteName))
      byName.set(remoteName, matching)
    }
    return matching.some((rule) => (rule.kind ?? kind) === kind && (rule.image ?? image) === image)
  })
  const filter = parseFilter(rules.map((rule) => `(${textOf(rule)})`).join(' || '), 'notification')
  return {
    name: 'rules256',
    title: `256 rules: ${(100 * fraction).toFixed(1)}% kept, as plain objects`,
    expected,
    variants: [
      filtered('rules256', 'mprtap: filter, plain objects', corpus, filter),
      everyRule(corpus, rules),
      combinedRegex(trustedSlots(corpus), rules),
      memoised(trustedSlots(corpus), rules),
      memoised(verifiedSlots(corpus), rules),
    ],
  }
}
