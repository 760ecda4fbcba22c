import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Fuzzer } from './fuzzer.ts'
import { Mutator } from './mutator.ts'

const root = join(import.meta.dirname, '../..')
const mutator = Mutator.load(root)
const corpus = readFileSync(join(root, 'tests/fuzz/corpus/cases.txt'), 'utf8').replace(/#.*$/gm, '').split(/\s+/).filter(Boolean)

describe('the core, fed with mutated rings', () => {
  it.each(corpus)('keeps its promises in case %s of the corpus', (seed) => {
    const fuzzer = new Fuzzer(mutator)
    fuzzer.run(BigInt(seed))
    expect(fuzzer.totals.slots).toBeGreaterThan(100_000)
    // Mutations that stop at the first guard would prove little.
    expect(fuzzer.totals.delivered).toBeGreaterThan(20_000)
    expect(fuzzer.totals.corrupt).toBeGreaterThan(20_000)
  })

  it('begins new epochs in the cases kept for that', () => {
    const fuzzer = new Fuzzer(mutator)
    fuzzer.run(3n)
    expect(fuzzer.totals.epochs).toBeGreaterThan(0)
  })

  it('keeps them in cases that nobody has seen before, for two seconds', () => {
    const fuzzer = new Fuzzer(mutator)
    const end = performance.now() + 2000
    // A failure names its case: node tests/fuzz/run.mjs --case N runs it again.
    while (performance.now() < end) fuzzer.run(randomBytes(8).readBigUInt64LE())
    expect(fuzzer.totals.cases).toBeGreaterThan(0)
  })
})
