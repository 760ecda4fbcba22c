// How many notifications each share has. A pass returns one number that depends on every name's count.

import { STRING_IDS } from '../../assembly/abi.ts'
import type { Group, Variant } from '../lib/measure.ts'
import { CoreReader, ringInMemory } from './core-reader.ts'
import type { Corpus } from './corpus.ts'
import { BufferDecoder } from './peers/buffer.ts'
import { OrdinaryDecoder } from './peers/ordinary.ts'
import { byWindow, type Slots, trustedSlots, verifiedSlots } from './peers/slot-sources.ts'

const weight = (name: string, count: number) => Math.imul(count * count, name.length)

function digest(counts: ReadonlyMap<string | undefined, number>): number {
  let sum = 0
  for (const [name, count] of counts) if (name !== undefined) sum = (sum + weight(name, count)) | 0
  return sum
}

function byMap(name: string, label: string, nameOf: (sequence: number) => string | undefined): Variant {
  return {
    name,
    label,
    pass(first, count) {
      const counts = new Map<string | undefined, number>()
      for (let i = 0; i < count; i++) {
        const remoteName = nameOf(first + i)
        counts.set(remoteName, (counts.get(remoteName) ?? 0) + 1)
      }
      return digest(counts)
    },
  }
}

function interned(slots: Slots): Variant {
  const { decoder, suffix, note } = slots
  const counts = new Uint32Array(1 << 16)
  return {
    name: `count_best_js${suffix}`,
    label: `best JavaScript: interned remote name, an array by id${note}`,
    pass(first, count) {
      byWindow(slots, first, count, (slot, _, some) => {
        for (let i = 0; i < some; i++) counts[decoder.remoteName(slot + i)]!++
        return 0
      })
      const { strings } = decoder.interner
      let sum = 0
      for (let id = 1; id < strings.length; id++) if (counts[id] !== 0) sum = (sum + weight(strings[id]!, counts[id]!)) | 0
      counts.fill(0, 0, strings.length)
      return sum
    },
  }
}

function columns(corpus: Corpus): Variant {
  const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid)
  const counts = new Uint32Array(STRING_IDS)
  const used: number[] = []
  return {
    name: 'count_by_share',
    label: 'mprtap: an array by string id',
    pass(first, count) {
      const totals = new Map<string, number>()
      let { epoch, strings } = reader.batch
      // Ids are void after an epoch: what was counted is moved to the names.
      const settle = () => {
        for (const id of used) {
          const name = strings[id]
          if (name !== undefined) totals.set(name, (totals.get(name) ?? 0) + counts[id]!)
          counts[id] = 0
        }
        used.length = 0
      }
      reader.begin(first, count)
      while (reader.next()) {
        const { batch } = reader
        if (batch.epoch !== epoch) {
          settle()
          ;({ epoch, strings } = batch)
        }
        const ids = batch.columns.remoteName
        for (let row = 0; row < batch.length; row++) {
          const id = ids[row]!
          if (counts[id]!++ === 0) used.push(id)
        }
      }
      settle()
      return digest(totals)
    },
  }
}

export function countGroup(corpus: Corpus): Group {
  const ordinary = new OrdinaryDecoder(corpus)
  const buffer = new BufferDecoder(corpus)
  const known = new Map<string, number>()
  return {
    name: 'count_by_share',
    title: 'notifications counted by share',
    whole: true,
    expected(first, count) {
      const key = `${first} ${count}`
      if (!known.has(key)) {
        const counts = new Map<string | undefined, number>()
        for (const { remoteName } of corpus.fields.slice(first, first + count)) counts.set(remoteName, (counts.get(remoteName) ?? 0) + 1)
        known.set(key, digest(counts))
      }
      return known.get(key)!
    },
    variants: [
      columns(corpus),
      byMap('count_ordinary_text_decoder', 'ordinary JavaScript: decode all (TextDecoder), a Map', (i) => ordinary.decode(i).remoteName),
      byMap('count_ordinary_buffer', 'ordinary JavaScript: decode all (Buffer), a Map', (i) => buffer.decode(i).remoteName),
      byMap('count_one_field', 'ordinary JavaScript: decode the remote name (Buffer), a Map', (i) => buffer.remoteName(i)),
      interned(trustedSlots(corpus)),
      interned(verifiedSlots(corpus)),
    ],
  }
}
