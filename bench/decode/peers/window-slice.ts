// The other way to the best JavaScript: one latin1Slice a window, and each one-byte string a substring of it; wide strings by ucs2Slice.

import { KIND_CANCEL, STRING_PRESENT } from '../../../format/layout.ts'
import { kept, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { isDevice } from '../slots.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'
import { blocksOf, DESCRIPTORS_WORD, HEADER_WORDS, KIND_SHIFT, KIND_WORD, notification, SLOT_WORDS, STRINGS_WORD } from './words.ts'

/** 64 KiB: larger windows were slower. */
const WINDOW_SLOTS = 128

class WindowDecoder {
  readonly #words: Uint32Array
  readonly #buffer: Buffer
  readonly #user: string
  #text = ''
  #textAt = 0

  constructor({ ring, sid }: Corpus) {
    this.#words = new Uint32Array(ring.buffer, ring.byteOffset, ring.length / 4)
    this.#buffer = Buffer.from(ring.buffer as ArrayBuffer, ring.byteOffset, ring.length)
    this.#user = sid
  }

  open(sequence: number): void {
    this.#textAt = 4 * (HEADER_WORDS + sequence * SLOT_WORDS)
    this.#text = this.#buffer.latin1Slice(this.#textAt, this.#textAt + 4 * SLOT_WORDS * WINDOW_SLOTS)
  }

  #string(word: number, units: number, traits: number): string | undefined {
    if (units === 0) return traits & STRING_PRESENT ? '' : undefined
    const at = 4 * word
    if (traits & 2) return this.#buffer.ucs2Slice(at, at + 2 * units)
    return this.#text.substring(at - this.#textAt, at - this.#textAt + units)
  }

  decode(sequence: number): RecordFields {
    const words = this.#words
    const w = HEADER_WORDS + sequence * SLOT_WORDS
    const d0 = words[w + DESCRIPTORS_WORD]!
    const d1 = words[w + DESCRIPTORS_WORD + 1]!
    const d2 = words[w + DESCRIPTORS_WORD + 2]!
    const d3 = words[w + DESCRIPTORS_WORD + 3]!
    const d4 = words[w + DESCRIPTORS_WORD + 4]!
    const d5 = words[w + DESCRIPTORS_WORD + 5]!
    const localAt = w + STRINGS_WORD + 4 * blocksOf(d0 & 0xffff, d1)
    const providerAt = localAt + 4 * blocksOf(d1 >>> 16, d2 >>> 16)
    const imageAt = providerAt + 4 * blocksOf(d3 & 0xffff, d4)
    const name = this.#string(w + STRINGS_WORD, d0 & 0xffff, d1)
    const local = this.#string(localAt, d1 >>> 16, d2 >>> 16)
    const provider = this.#string(providerAt, d3 & 0xffff, d4)
    const image = this.#string(imageAt, d4 >>> 16, d5 >>> 16)
    const device = ((words[w + KIND_WORD]! >>> KIND_SHIFT) & 0xff) === KIND_CANCEL && name !== undefined && isDevice(name)
    return notification(words, w, sequence, this.#user, device ? undefined : name, device ? name : local, provider, image)
  }
}

export function windowSlice(corpus: Corpus): Variant {
  const decoder = new WindowDecoder(corpus)
  return {
    name: 'best_js_window_slice',
    label: 'best JavaScript: one latin1Slice a window, substrings, an object a record',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        if (i % WINDOW_SLOTS === 0) decoder.open(first + i)
        const event = decoder.decode(first + i)
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
    objects: (count) =>
      Array.from({ length: count }, (_, i) => {
        if (i % WINDOW_SLOTS === 0) decoder.open(i)
        return decoder.decode(i)
      }),
  }
}
