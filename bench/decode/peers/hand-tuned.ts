// The best hand-written JavaScript as variants: objects, and the five fields alone; each trusting the ring, and copied and verified.

import { kept, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'
import { byWindow, type Slots, trustedSlots, verifiedSlots } from './slot-sources.ts'

export function handTuned(corpus: Corpus): Variant[] {
  return [objects(trustedSlots(corpus)), objects(verifiedSlots(corpus)), fields(trustedSlots(corpus)), fields(verifiedSlots(corpus))]
}

function objects(slots: Slots): Variant {
  const { decoder, suffix, note } = slots
  return {
    name: `best_js_interned${suffix}`,
    label: `best JavaScript: typed array, interned strings, an object a record${note}`,
    pass: (first, count) =>
      byWindow(slots, first, count, (slot, sequence, some) => {
        let sum = 0
        for (let i = 0; i < some; i++) {
          const event = decoder.decode(slot + i, sequence + i)
          kept[i & 255] = event
          sum = (sum + tally(event)) | 0
        }
        return sum
      }),
    objects(count) {
      const list: RecordFields[] = []
      byWindow(slots, 0, count, (slot, sequence, some) => {
        for (let i = 0; i < some; i++) list.push(decoder.decode(slot + i, sequence + i))
        return 0
      })
      return list
    },
  }
}

function fields(slots: Slots): Variant {
  const { decoder, suffix, note } = slots
  return {
    name: `best_js_fields${suffix}`,
    label: `best JavaScript: the five fields alone, interned, no object${note}`,
    pass: (first, count) =>
      byWindow(slots, first, count, (slot, _, some) => {
        let sum = 0
        for (let i = 0; i < some; i++) sum = (sum + decoder.fields(slot + i)) | 0
        return sum
      }),
  }
}
