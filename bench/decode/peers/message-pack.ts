// MessagePack: msgpackr with shared structures ("records"), the quickest decoder of the format for JavaScript. Absent fields are left out,
// as in JSON: quicker than encoding `undefined`.

import { Packr } from 'msgpackr'
import { kept, SLICE, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'

// Structures are kept by the instance, as in a file that is written and read by one program.
const plain = new Packr({ structures: [] })
const bundled = new Packr({ structures: [], bundleStrings: true })

export function encodeMessagePack(slice: readonly RecordFields[], bundleStrings: boolean): Buffer {
  return Buffer.from((bundleStrings ? bundled : plain).pack(slice))
}

export function messagePack({ encodings }: Corpus): Variant[] {
  const variant = (name: string, label: string, packr: Packr, slices: readonly Buffer[]): Variant => ({
    name,
    label,
    pass(first, count) {
      let sum = 0
      for (let slice = first / SLICE; slice < (first + count) / SLICE; slice++) {
        const events = packr.unpack(slices[slice]!) as RecordFields[]
        for (let i = 0; i < events.length; i++) {
          const event = events[i]!
          kept[i] = event
          sum = (sum + tally(event)) | 0
        }
      }
      return sum
    },
    objects: (count) => slices.slice(0, count / SLICE).flatMap((slice) => packr.unpack(slice) as RecordFields[]),
  })
  return [
    variant('msgpackr', 'MessagePack (msgpackr, shared structures)', plain, encodings.messagePack),
    variant('msgpackr_bundled', 'MessagePack (msgpackr, bundled strings as well)', bundled, encodings.messagePackBundled),
  ]
}
