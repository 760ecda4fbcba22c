// The best hand-written JavaScript: one Uint32Array, strings interned, no TextDecoder, one object shape.

import { KIND_CANCEL, STRING_PRESENT } from '../../../format/layout.ts'
import type { Corpus } from '../corpus.ts'
import { epochMs } from '../slots.ts'
import type { RecordFields } from '../truth.ts'
import { Interner } from './interner.ts'
import {
  blocksOf,
  DESCRIPTORS_WORD,
  HEADER_WORDS,
  KIND_SHIFT,
  KIND_WORD,
  notification,
  PROCESS_ID_WORD,
  SLOT_WORDS,
  STATUS_WORD,
  STRINGS_WORD,
  WALL_TIME_WORD,
} from './words.ts'

export class HandTunedDecoder {
  readonly words: Uint32Array
  readonly interner: Interner
  readonly #user: string
  /** Ids of an empty string that is present. */
  readonly #empty: number

  constructor({ ring, sid }: Corpus) {
    this.words = new Uint32Array(ring.buffer, ring.byteOffset, ring.length / 4)
    this.interner = new Interner(this.words)
    this.#user = sid
    this.#empty = this.interner.strings.push('') - 1
  }

  #id(at: number, blocks: number, units: number, traits: number): number {
    if (blocks !== 0) return this.interner.id(at, blocks, (units << 1) | ((traits >>> 1) & 1))
    return traits & STRING_PRESENT ? this.#empty : 0
  }

  /** @param slot where it is among `words`: in a ring, its sequence. */
  decode(slot: number, sequence = slot): RecordFields {
    const { words, interner } = this
    const { strings, devices } = interner
    const w = HEADER_WORDS + slot * SLOT_WORDS
    const d0 = words[w + DESCRIPTORS_WORD]!
    const d1 = words[w + DESCRIPTORS_WORD + 1]!
    const d2 = words[w + DESCRIPTORS_WORD + 2]!
    const d3 = words[w + DESCRIPTORS_WORD + 3]!
    const d4 = words[w + DESCRIPTORS_WORD + 4]!
    const d5 = words[w + DESCRIPTORS_WORD + 5]!
    const remoteBlocks = blocksOf(d0 & 0xffff, d1)
    const localAt = w + STRINGS_WORD + 4 * remoteBlocks
    const localBlocks = blocksOf(d1 >>> 16, d2 >>> 16)
    const providerAt = localAt + 4 * localBlocks
    const providerBlocks = blocksOf(d3 & 0xffff, d4)
    const imageAt = providerAt + 4 * providerBlocks
    const remote = this.#id(w + STRINGS_WORD, remoteBlocks, d0 & 0xffff, d1)
    const local = this.#id(localAt, localBlocks, d1 >>> 16, d2 >>> 16)
    const provider = this.#id(providerAt, providerBlocks, d3 & 0xffff, d4)
    const image = this.#id(imageAt, blocksOf(d4 >>> 16, d5 >>> 16), d4 >>> 16, d5 >>> 16)
    const device = devices[remote] === 1 && ((words[w + KIND_WORD]! >>> KIND_SHIFT) & 0xff) === KIND_CANCEL
    const remoteName = device ? undefined : strings[remote]
    const localName = device ? strings[remote] : strings[local]
    return notification(words, w, sequence, this.#user, remoteName, localName, strings[provider], strings[image])
  }

  /** Id of the remote name, 0 if there is none. */
  remoteName(sequence: number): number {
    const { words, interner } = this
    const w = HEADER_WORDS + sequence * SLOT_WORDS
    const units = words[w + DESCRIPTORS_WORD]! & 0xffff
    const traits = words[w + DESCRIPTORS_WORD + 1]! & 0xffff
    const id = this.#id(w + STRINGS_WORD, blocksOf(units, traits), units, traits)
    return interner.devices[id] === 1 && ((words[w + KIND_WORD]! >>> KIND_SHIFT) & 0xff) === KIND_CANCEL ? 0 : id
  }

  /** Id of the image name. */
  image(sequence: number): number {
    const { words } = this
    const w = HEADER_WORDS + sequence * SLOT_WORDS
    const d1 = words[w + DESCRIPTORS_WORD + 1]!
    const d4 = words[w + DESCRIPTORS_WORD + 4]!
    const d5 = words[w + DESCRIPTORS_WORD + 5]!
    const before =
      blocksOf(words[w + DESCRIPTORS_WORD]! & 0xffff, d1) +
      blocksOf(d1 >>> 16, words[w + DESCRIPTORS_WORD + 2]! >>> 16) +
      blocksOf(words[w + DESCRIPTORS_WORD + 3]! & 0xffff, d4)
    return this.#id(w + STRINGS_WORD + 4 * before, blocksOf(d4 >>> 16, d5 >>> 16), d4 >>> 16, d5 >>> 16)
  }

  /** The tally alone: five fields read, two strings interned, no object. */
  fields(sequence: number): number {
    const { words, interner } = this
    const w = HEADER_WORDS + sequence * SLOT_WORDS
    const d0 = words[w + DESCRIPTORS_WORD]!
    const d1 = words[w + DESCRIPTORS_WORD + 1]!
    const d2 = words[w + DESCRIPTORS_WORD + 2]!
    const remoteBlocks = blocksOf(d0 & 0xffff, d1)
    const remote = this.#id(w + STRINGS_WORD, remoteBlocks, d0 & 0xffff, d1)
    const local = this.#id(w + STRINGS_WORD + 4 * remoteBlocks, blocksOf(d1 >>> 16, d2 >>> 16), d1 >>> 16, d2 >>> 16)
    const device = interner.devices[remote] === 1 && ((words[w + KIND_WORD]! >>> KIND_SHIFT) & 0xff) === KIND_CANCEL
    const remoteName = device ? undefined : interner.strings[remote]
    const localName = device ? interner.strings[remote] : interner.strings[local]
    const time = epochMs(words[w + WALL_TIME_WORD]!, words[w + WALL_TIME_WORD + 1]!) | 0
    return (time + words[w + STATUS_WORD]! + words[w + PROCESS_ID_WORD]! + (remoteName?.length ?? 0) + 31 * (localName?.length ?? 0)) | 0
  }
}
