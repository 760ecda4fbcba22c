// NDJSON: the same events, one JSON text a line.

import { kept, SLICE, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'

export function encodeJsonLines(slice: readonly RecordFields[]): Buffer {
  return Buffer.from(slice.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

/** One string a chunk, then split by line: quicker than a string a line. */
function parse(chunk: Buffer): RecordFields[] {
  const text = chunk.utf8Slice()
  const events: RecordFields[] = []
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    events.push(JSON.parse(text.substring(start, end)))
    start = end + 1
  }
  return events
}

export function jsonLines({ encodings }: Corpus): Variant {
  return {
    name: 'json_lines',
    label: 'JSON lines of the same events, JSON.parse',
    pass(first, count) {
      let sum = 0
      for (let slice = first / SLICE; slice < (first + count) / SLICE; slice++) {
        const events = parse(encodings.jsonLines[slice]!)
        for (let i = 0; i < events.length; i++) {
          const event = events[i]!
          kept[i] = event
          sum = (sum + tally(event)) | 0
        }
      }
      return sum
    },
    objects: (count) => encodings.jsonLines.slice(0, count / SLICE).flatMap(parse),
  }
}
