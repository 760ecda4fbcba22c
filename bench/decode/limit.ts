// The limit in C (limit.c), called once a pass. Its columns are compared with the core's, element by element.

import { execFileSync } from 'node:child_process'
import koffi from 'koffi'
import { COLUMN_IMAGE_NAME, COLUMN_REMOTE_NAME, ROWS_MAX } from '../../assembly/abi.ts'
import { ColumnBlock } from '../../host/core/column-block.ts'
import type { Variant } from '../lib/measure.ts'
import { CoreReader, ringInMemory } from './core-reader.ts'
import type { Corpus } from './corpus.ts'

const ARENA_SIZE = 16 << 18

type Pass = (ring: Uint8Array, first: number, count: number) => number

/** @param vectors of which instructions: this processor's, or those that WebAssembly has as well. */
function load(name: string, ...vectors: string[]) {
  const path = `build/bench/${name}.so`
  execFileSync('clang', [
    ...['-std=c11', '-O3', ...vectors, '-shared', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror'],
    ...['bench/decode/limit.c', '-o', path],
  ])
  const library = koffi.load(`./${path}`)
  return {
    library,
    pass: library.func('uint32_t limit_pass(const void *ring, uint32_t first, uint32_t count, bool with_copy)') as (
      ...args: [...Parameters<Pass>, withCopy: boolean]
    ) => number,
    floor: library.func('uint32_t limit_floor(const void *ring, uint32_t first, uint32_t count)') as Pass,
    copy: library.func('uint32_t limit_copy(const void *ring, uint32_t first, uint32_t count)') as Pass,
  }
}

let loaded: { readonly native: ReturnType<typeof load>; readonly narrow: ReturnType<typeof load> } | undefined

function libraries() {
  loaded ??= { native: load('limit', '-march=native'), narrow: load('limit-128', '-march=x86-64-v2') }
  return loaded
}

/** The same work. */
export function limit({ ring }: Corpus): Variant[] {
  const { native, narrow } = libraries()
  return [
    { name: 'c_limit', label: 'C: the same work, copy included', pass: (first, count) => native.pass(ring, first, count, true) | 0 },
    {
      name: 'c_limit_in_place',
      label: 'C: the same work without the copy',
      pass: (first, count) => native.pass(ring, first, count, false) | 0,
    },
    {
      name: 'c_limit_128',
      label: 'C: the same work, copy included, with 128-bit vectors as WebAssembly has them',
      pass: (first, count) => narrow.pass(ring, first, count, true) | 0,
    },
  ]
}

/** The copy alone. */
export function limitCopy({ ring }: Corpus): Variant {
  const { copy } = libraries().native
  return { name: 'c_memcpy', label: 'C: the copy of the slots alone (no answer)', pass: (first, count) => copy(ring, first, count) }
}

/** The copy, stamps, lengths and checksums. */
export function limitFloor({ ring }: Corpus): Variant[] {
  const { native, narrow } = libraries()
  return [
    { name: 'c_floor', label: 'C: copied and verified, nothing more (no answer)', pass: native.floor.bind(undefined, ring) },
    { name: 'c_floor_128', label: 'C: the same with 128-bit vectors (no answer)', pass: narrow.floor.bind(undefined, ring) },
  ]
}

/** Throws when a column of the last window that C decoded differs from what the core makes of the same window. */
export function compareColumns(corpus: Corpus): void {
  const { library, pass } = loaded!.native
  const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid)
  const first = corpus.records - ROWS_MAX
  pass(corpus.ring, first, ROWS_MAX, true)
  reader.begin(first, ROWS_MAX)
  reader.next()
  const ours = reader.core.columns
  const size = ours.u8.byteOffset + ours.u8.byteLength - ours.f64.byteOffset
  const theirs = new ColumnBlock(koffi.view(library.symbol('limit_columns', 'void *'), size), 0)
  const arena = Buffer.from(koffi.view(library.symbol('limit_arena', 'void *'), ARENA_SIZE))
  const text = (id: number) => {
    const [units, wide] = [arena.readUInt32LE(16 * id + 8) >>> 1, arena.readUInt32LE(16 * id + 8) & 1]
    if (id < 2) return id === 0 ? undefined : ''
    return arena.toString(wide ? 'utf16le' : 'latin1', 16 * id + 16, 16 * id + 16 + (units << wide))
  }
  for (const kind of ['f64', 'u32', 'fullUnits', 'u8'] as const) {
    for (let i = 0; i < ours[kind].length; i++) {
      const column = Math.floor(i / ROWS_MAX)
      const isName = kind === 'u32' && column >= COLUMN_REMOTE_NAME && column <= COLUMN_IMAGE_NAME
      const [a, b] = isName ? [reader.batch.strings[ours.u32[i]!], text(theirs.u32[i]!)] : [ours[kind][i], theirs[kind][i]]
      if (!Object.is(a, b)) throw new Error(`${kind} column ${column}, row ${i % ROWS_MAX}: the core has ${a}, C has ${b}`)
    }
  }
}
