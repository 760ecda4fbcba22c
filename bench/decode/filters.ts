// One glob on the remote name that keeps about 1%. What is kept becomes a plain object with every field, in every variant.

import { field } from '../../host/filter/builder.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import { globs } from '../../host/filter/glob.ts'
import { upperCaseTable } from '../../host/model/upper-case.ts'
import { type Group, kept, type Variant } from '../lib/measure.ts'
import { CoreReader, ringInMemory } from './core-reader.ts'
import type { Corpus } from './corpus.ts'
import { BufferDecoder } from './peers/buffer.ts'
import { byWindow, type Slots, trustedSlots, verifiedSlots } from './peers/slot-sources.ts'
import { DESCRIPTORS_WORD, HEADER_WORDS, SLOT_WORDS, STRINGS_WORD } from './peers/words.ts'
import { tally } from './truth.ts'

/** Which records a predicate on their fields keeps, and the sum of their tallies. */
export function judge(corpus: Corpus, keeps: (record: Corpus['fields'][number]) => boolean) {
  const kept = Uint8Array.from(corpus.fields, (record) => (keeps(record) ? 1 : 0))
  return {
    fraction: kept.reduce((sum, one) => sum + one, 0) / corpus.records,
    expected(first: number, count: number) {
      let sum = 0
      for (let i = first; i < first + count; i++) if (kept[i]) sum = (sum + corpus.fields[i]!.tally) | 0
      return sum
    },
  }
}

/** A regular expression that matches as the glob does. */
export function regexOf(glob: string): string {
  const body = Array.from(glob, (c) => (c === '*' ? '[^]*' : c === '?' ? '[^]' : c.replace(/[\\^$.+()[\]{}|/-]/, '\\$&'))).join('')
  return `^${body}$`
}

/** mprtap with a filter: rows that pass, as plain objects. */
export function filtered(name: string, label: string, corpus: Corpus, filter: FilterExpression): Variant {
  const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid, filter)
  return {
    name,
    label,
    pass(first, count) {
      let sum = 0
      reader.begin(first, count)
      while (reader.next()) {
        const { batch } = reader
        if (batch.length === 0) continue
        for (let row = 0; row < batch.length; row++) {
          const object = batch.object(row)
          kept[row] = object
          sum = (sum + tally(object)) | 0
        }
      }
      return sum
    },
  }
}

function decodeAll(name: string, { decoder, glob }: { decoder: BufferDecoder; glob: string }): Variant {
  const pattern = new RegExp(regexOf(glob), 'i')
  return {
    name,
    label: 'ordinary JavaScript: decode all fields, then test',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const event = decoder.decode(first + i)
        if (event.remoteName === undefined || !pattern.test(event.remoteName)) continue
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
  }
}

function decodeOneField(name: string, { decoder, glob }: { decoder: BufferDecoder; glob: string }): Variant {
  const pattern = new RegExp(regexOf(glob), 'i')
  return {
    name,
    label: 'ordinary JavaScript: decode the remote name, then test',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const remoteName = decoder.remoteName(first + i)
        if (remoteName === undefined || !pattern.test(remoteName)) continue
        const event = decoder.decode(first + i)
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
  }
}

function memoised(name: string, slots: Slots, glob: string): Variant {
  const { decoder, suffix, note } = slots
  const pattern = new RegExp(regexOf(glob), 'i')
  /** By id of the remote name: 0 not judged yet, 1 refused, 2 kept. */
  const verdicts = new Uint8Array(1 << 16)
  verdicts[0] = 1
  const judged = (id: number) => {
    verdicts[id] = pattern.test(decoder.interner.strings[id]!) ? 2 : 1
    return verdicts[id]
  }
  return {
    name: `${name}_best_js_memoised${suffix}`,
    label: `best JavaScript: interned remote name, verdict kept with it${note}`,
    pass: (first, count) =>
      byWindow(slots, first, count, (slot, sequence, some) => {
        let sum = 0
        for (let i = 0; i < some; i++) {
          const id = decoder.remoteName(slot + i)
          if ((verdicts[id] || judged(id)) !== 2) continue
          const event = decoder.decode(slot + i, sequence + i)
          kept[i & 255] = event
          sum = (sum + tally(event)) | 0
        }
        return sum
      }),
  }
}

function folded(name: string, slots: Slots, glob: string): Variant {
  const { decoder, suffix, note } = slots
  const { words } = decoder
  const bytes = new Uint8Array(words.buffer)
  const units16 = new Uint16Array(words.buffer)
  const fold = upperCaseTable()
  const wanted = Uint16Array.from(glob, (c) => fold[c.charCodeAt(0)]!)
  const STAR = 0x2a
  const ANY = 0x3f
  const matches = (text: Uint8Array | Uint16Array, at: number, units: number) => {
    let p = 0
    let star = -1
    let resume = 0
    for (let i = 0; i < units; ) {
      const unit = p < wanted.length ? wanted[p]! : 0
      if (unit === STAR) {
        star = p++
        if (p === wanted.length) return true
        resume = i
      } else if (p < wanted.length && (unit === ANY || unit === fold[text[at + i]!])) {
        p++
        i++
      } else if (star >= 0) {
        p = star + 1
        i = ++resume
      } else {
        return false
      }
    }
    while (wanted[p] === STAR) p++
    return p === wanted.length
  }
  const matchesWide = (at: number, units: number) => matches(units16, at, units)
  return {
    name: `${name}_best_js_folded${suffix}`,
    label: `best JavaScript: the glob on folded bytes${note}`,
    pass: (first, count) =>
      byWindow(slots, first, count, (slot, sequence, some) => {
        let sum = 0
        for (let i = 0; i < some; i++) {
          const w = HEADER_WORDS + (slot + i) * SLOT_WORDS
          const units = words[w + DESCRIPTORS_WORD]! & 0xffff
          const wide = (words[w + DESCRIPTORS_WORD + 1]! & 2) !== 0
          const at = w + STRINGS_WORD
          if (!(wide ? matchesWide(2 * at, units) : matches(bytes, 4 * at, units))) continue
          const event = decoder.decode(slot + i, sequence + i)
          kept[i & 255] = event
          sum = (sum + tally(event)) | 0
        }
        return sum
      }),
  }
}

/** Of the candidates, the glob that keeps nearest to 1% of the records. */
function nearestToOnePercent(corpus: Corpus, candidates: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const { remoteName } of corpus.fields) if (remoteName) counts.set(remoteName, (counts.get(remoteName) ?? 0) + 1)
  const share = (glob: string) => {
    const pattern = new RegExp(regexOf(glob), 'i')
    return [...counts].reduce((sum, [name, count]) => sum + (pattern.test(name) ? count : 0), 0) / corpus.records
  }
  const distance = new Map(candidates.map((glob) => [glob, Math.abs(share(glob) - 0.01)]))
  return [...candidates].sort((a, b) => distance.get(a)! - distance.get(b)!)[0]!
}

function group(corpus: Corpus, name: string, what: string, glob: string): Group {
  const verdicts = new Map<string | undefined, boolean>([[undefined, false]])
  for (const { remoteName } of corpus.fields) if (!verdicts.has(remoteName)) verdicts.set(remoteName, globs(glob, remoteName!))
  const { expected, fraction } = judge(corpus, ({ remoteName }) => verdicts.get(remoteName)!)
  const ordinary = { decoder: new BufferDecoder(corpus), glob }
  return {
    name,
    title: `${what}: ${(100 * fraction).toFixed(1)}% kept, as plain objects`,
    expected,
    variants: [
      filtered(name, `mprtap: remoteName glob "${glob}"`, corpus, field('remoteName').glob(glob)),
      decodeAll(`${name}_decode_all`, ordinary),
      decodeOneField(`${name}_decode_one_field`, ordinary),
      ...[trustedSlots(corpus), verifiedSlots(corpus)].flatMap((slots) => [memoised(name, slots, glob), folded(name, slots, glob)]),
    ],
  }
}

/** A glob with a star inside, and one that a test of the first few bytes decides (the easiest there is without decoding). */
export function filterGroups(corpus: Corpus): Group[] {
  const names = [...new Set(corpus.fields.flatMap(({ remoteName }) => remoteName ?? []))].filter((name) => name.startsWith('\\\\'))
  const servers = [...new Set(names.map((name) => name.split('\\')[2]!))]
  const topics = [...new Set(names.map((name) => /^[a-z]+/i.exec(name.split('\\')[3]!)?.[0] ?? ''))].filter((topic) => topic.length > 3)
  const inside = topics.flatMap((topic) => [1, 2, 3, 4, 5].map((digit) => `\\\\*\\${topic.toUpperCase()}${digit}*`))
  const prefixes = servers.map((server) => `\\\\${server.toUpperCase()}\\*`)
  return [
    group(corpus, 'filter1pct', 'a glob with a star inside', nearestToOnePercent(corpus, inside)),
    group(corpus, 'filter1pct_prefix', 'a glob decided by the first few characters', nearestToOnePercent(corpus, prefixes)),
  ]
}
