// The mutator's WebAssembly module (tests/core/fuzz-mutator.ts; built by tests/programs.mjs) and its exports with types.

import { readdirSync, readFileSync } from 'node:fs'
import { SLOT_SIZE } from '../../format/layout.ts'

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly slots: WebAssembly.Global
  readonly bases: WebAssembly.Global
  readonly verdicts: WebAssembly.Global
  begin(seed: bigint, basesGiven: number): void
  make(count: number, slotCount: number, fileId: bigint, first: bigint): void
  remake(slotCount: number, fileId: bigint, sequence: bigint): void
  choose(limit: number): number
}

export const GOOD = 1
export const CORRUPT = 2
export const NEWER = 3
export const HOLE = 4

export class Mutator {
  /** Slots by index: those of a ring whose sequence's low bits are the index. */
  readonly slots: Uint8Array
  /** What is to become of each of them: GOOD, CORRUPT, NEWER or HOLE. */
  readonly verdicts: Uint8Array
  readonly exports: Exports
  readonly #bases: Uint8Array
  #basesGiven = 0

  constructor(module: Uint8Array<ArrayBuffer>) {
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as unknown as Exports
    const { memory, slots, bases, verdicts } = this.exports
    this.slots = new Uint8Array(memory.buffer, slots.value, 256 * SLOT_SIZE)
    this.#bases = new Uint8Array(memory.buffer, bases.value, 256 * SLOT_SIZE)
    this.verdicts = new Uint8Array(memory.buffer, verdicts.value, 256)
  }

  /** @param root the repository. */
  static load(root: string): Mutator {
    const mutator = new Mutator(Uint8Array.from(readFileSync(`${root}/build/fuzz-mutator.wasm`)))
    for (const base of basesOf(root)) mutator.#add(base)
    return mutator
  }

  #add(base: Uint8Array): void {
    this.#bases.set(base, SLOT_SIZE * this.#basesGiven++)
  }

  begin(seed: bigint): void {
    this.exports.begin(seed, this.#basesGiven)
  }
}

/** Golden records, and the slots kept in the corpus: hexadecimal, one a file, `#` begins a comment. */
function basesOf(root: string): Uint8Array[] {
  const { vectors } = JSON.parse(readFileSync(`${root}/format/vectors.json`, 'utf8')) as { vectors: { slot: string }[] }
  const corpus = `${root}/tests/fuzz/corpus`
  const kept = readdirSync(corpus)
    .filter((name) => name.endsWith('.hex'))
    .sort()
    .map((name) => readFileSync(`${corpus}/${name}`, 'utf8').replace(/#.*$/gm, '').replace(/\s/g, ''))
  return [...vectors.map(({ slot }) => slot), ...kept].map((slot) => Buffer.from(slot, 'hex'))
}
