// The rings that the C writer leaves when it is fuzzed, read by the core: what the one calls committed is what the other delivers.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { CoreDriver } from '../host/core-driver.ts'
import { programPath } from '../programs.mjs'
import { checkBalance } from './checks.ts'

const { environment, readCorpus, writeInputs } = await import(join(import.meta.dirname, 'native/build.mjs'))
const RANDOM_INPUTS = 2000

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-native-rings-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

interface LeftRing {
  readonly ring: number
  readonly head: string
  readonly committed: readonly string[]
}

/** Runs the target and returns the rings that it left, as files in `to`. */
function leaveRings(to: string, args: readonly string[]): LeftRing[] {
  const rings = join(directory, to)
  mkdirSync(rings)
  const env = { ...environment, MPRTAP_DUMP: rings }
  const { status, stdout, stderr } = spawnSync(programPath('ring-target'), args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
  expect(status, stderr).toBe(0)
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** Reads each ring to its end. Returns how many were read (not all headers are good, or heads plausible), and how many records they gave. */
function readAll(from: string, left: readonly LeftRing[]) {
  const driver = new CoreDriver()
  const sum = { rings: 0, records: 0, holes: 0, corrupt: 0, newer: 0 }
  let now = 0
  for (const { ring, committed } of left) {
    const bytes = readFileSync(join(directory, from, `${ring}.ring`))
    if (driver.open(0, bytes) !== abi.RING_GOOD) continue
    const sequences: number[] = []
    for (let turns = 0; turns < 100; turns++, now += 500) {
      sequences.push(...driver.drain(0, bytes, now).map(({ sequence }) => sequence))
      checkBalance(driver.core.account(0))
    }
    expect(sequences, `ring ${ring}`).toEqual(committed.map(Number))
    const { pending, abandoned, corrupt, overrun } = driver.account(0)
    expect(pending).toBe(0)
    sum.rings++
    sum.records += sequences.length
    sum.holes += abandoned
    sum.corrupt += corrupt
    sum.newer += overrun
  }
  return sum
}

it('of the corpus: read without a trap, with a balanced account, and agreed upon', () => {
  const corpus = join(directory, 'inputs')
  writeInputs(corpus, readCorpus())
  const sum = readAll('corpus', leaveRings('corpus', ['-runs=0', corpus]))
  for (const count of Object.values(sum)) expect(count).toBeGreaterThan(20)
})

it(`of ${RANDOM_INPUTS} inputs that libFuzzer makes of it: the same`, () => {
  const sum = readAll('random', leaveRings('random', [`-runs=${RANDOM_INPUTS}`, '-seed=7', '-max_len=1024', join(directory, 'inputs')]))
  for (const count of Object.values(sum)) expect(count).toBeGreaterThan(200)
})
