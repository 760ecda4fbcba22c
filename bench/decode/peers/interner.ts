// Interning in JavaScript: a hash of sampled words finds a candidate, comparing all words makes sure. A string is decoded once.

import { isDevice } from '../slots.ts'

const BUCKETS = 1 << 16
const ARENA_WORDS = 1 << 20

export class Interner {
  /** By id; 0 is the absent string. */
  readonly strings: (string | undefined)[] = [undefined]
  /** By id: 1 where the string names a device. */
  readonly devices = new Uint8Array(BUCKETS)
  readonly #words: Uint32Array
  readonly #buffer: Buffer
  readonly #buckets = new Int32Array(BUCKETS)
  readonly #keys = new Int32Array(BUCKETS)
  readonly #places = new Int32Array(BUCKETS)
  readonly #arena = new Uint32Array(ARENA_WORDS)
  #used = 0

  constructor(words: Uint32Array) {
    this.#words = words
    this.#buffer = Buffer.from(words.buffer as ArrayBuffer)
  }

  /** The id of the string of `blocks` blocks at word `at`; `key` is its units, doubled, plus one if wide. */
  id(at: number, blocks: number, key: number): number {
    const words = this.#words
    const last = at + 4 * blocks - 4
    let hash = Math.imul(words[at]! ^ key, 0x9e3779b1) ^ Math.imul(words[last]!, 0x85ebca77)
    hash ^= Math.imul(words[last + 1]!, 0xc2b2ae3d) ^ Math.imul(words[last + 2]!, 0x27d4eb2f) ^ Math.imul(words[last + 3]!, 0x165667b1)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    hash ^= hash >>> 13
    for (let bucket = hash & (BUCKETS - 1); ; bucket = (bucket + 1) & (BUCKETS - 1)) {
      const id = this.#buckets[bucket]!
      if (id === 0) return this.#add(bucket, at, blocks, key)
      if (this.#keys[id] === key && this.#equals(id, at, 4 * blocks)) return id
    }
  }

  #equals(id: number, at: number, count: number): boolean {
    const words = this.#words
    const arena = this.#arena
    const place = this.#places[id]!
    for (let i = 0; i < count; i++) if (arena[place + i] !== words[at + i]) return false
    return true
  }

  #add(bucket: number, at: number, blocks: number, key: number): number {
    const id = this.strings.length
    const units = key >>> 1
    const text = key & 1 ? this.#buffer.ucs2Slice(4 * at, 4 * at + 2 * units) : this.#buffer.latin1Slice(4 * at, 4 * at + units)
    this.strings.push(text)
    this.devices[id] = isDevice(text) ? 1 : 0
    this.#buckets[bucket] = id
    this.#keys[id] = key
    this.#places[id] = this.#used
    this.#arena.set(this.#words.subarray(at, at + 4 * blocks), this.#used)
    this.#used += 4 * blocks
    return id
  }
}
