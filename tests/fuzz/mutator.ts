// The mutator's WebAssembly module (tests/core/fuzz-mutator.ts), built when it is older than its sources, and its exports with types.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
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

const CONFIG = 'tests/core/fuzz-asconfig.json'
const SOURCES = [CONFIG, 'tests/core/fuzz-mutator.ts', 'tests/core/scalar-checksum.ts', 'format/layout.ts']
const OUTPUT = 'build/fuzz-mutator.wasm'

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

  /** Builds the module if need be. @param root the repository. */
  static build(root: string): Mutator {
    const path = (name: string) => `${root}/${name}`
    const age = (name: string) => (existsSync(path(name)) ? statSync(path(name)).mtimeMs : 0)
    if (age(OUTPUT) < Math.max(...SOURCES.map(age))) {
      mkdirSync(path('build'), { recursive: true })
      execFileSync(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--config', CONFIG], { cwd: root, stdio: 'inherit' })
    }
    const mutator = new Mutator(Uint8Array.from(readFileSync(path(OUTPUT))))
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
