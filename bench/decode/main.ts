// npm run bench -- decode: how fast a ring becomes columns, events, objects, verdicts and counts, and how fast everything else is.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { environment } from '../lib/environment.ts'
import { type Group, measure, median, type Timing } from '../lib/measure.ts'
import { attacked } from './attack.ts'
import type { Corpus } from './corpus.ts'
import { countGroup } from './counts.ts'
import { filterGroups } from './filters.ts'
import { compareColumns, limit, limitCopy, limitFloor } from './limit.ts'
import { makeCorpus } from './make-corpus.ts'
import { copyOfSlots, floor, notificationVariants, operationVariants, tapVariants } from './mprtap.ts'
import { bufferToString } from './peers/buffer.ts'
import { flatBuffers } from './peers/flatbuffers.ts'
import { handTuned } from './peers/hand-tuned.ts'
import { jsonLines } from './peers/json-lines.ts'
import { koffiStruct } from './peers/koffi-struct.ts'
import { messagePack } from './peers/message-pack.ts'
import { ordinary } from './peers/ordinary.ts'
import { protobufjs } from './peers/protobuf.ts'
import { windowSlice } from './peers/window-slice.ts'
import { distinctRatiosOf, ratiosOf } from './ratios.ts'
import { rulesGroup } from './rules.ts'

const SEED = 20260105
/** 64 MiB, many times a second-level cache; and 512 KiB, the default ring, which stays in one. */
const LARGE_LOG2 = 17
const LARGE_QUICK_LOG2 = 15
const SMALL_LOG2 = 10
/** More names than the core's table holds. */
const DISTINCT_LOG2 = 16

const quick = process.argv.includes('--quick')
const tell = (text: string) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))

/** A group with no answer to check. */
const withoutAnswer = { expected: () => 0 }

function groupsOf(corpus: Corpus, path: string): Group[] {
  const whole = { whole: true, expected: corpus.tallyOf }
  return [
    {
      name: 'events',
      title: 'notifications',
      expected: corpus.tallyOf,
      variants: [
        ...notificationVariants(corpus, path),
        ...limit(corpus),
        ...handTuned(corpus),
        windowSlice(corpus),
        ordinary(corpus),
        bufferToString(corpus),
        koffiStruct(corpus),
        jsonLines(corpus),
        protobufjs(corpus),
        ...messagePack(corpus),
        ...flatBuffers(corpus),
      ],
    },
    {
      name: 'copy',
      title: 'the copy alone',
      ...withoutAnswer,
      variants: [copyOfSlots(corpus), limitCopy(corpus)],
    },
    { name: 'floor', title: 'copied and verified, nothing more', ...withoutAnswer, variants: [floor(corpus), ...limitFloor(corpus)] },
    {
      name: 'operations',
      title: 'notifications paired into operations',
      whole: true,
      expected: () => corpus.operationsTally,
      variants: [...operationVariants(corpus), ...(corpus.records > 2 ** SMALL_LOG2 ? [attacked(corpus)] : [])],
    },
    ...filterGroups(corpus),
    rulesGroup(corpus),
    countGroup(corpus),
    // Opening a tap is not worth it for the few records of a small ring.
    ...(corpus.records > 2 ** SMALL_LOG2
      ? [{ name: 'tap', title: 'a tap from openTap() to close()', ...whole, variants: tapVariants(path) }]
      : []),
  ]
}

/** Names that hardly ever come twice: interning gains nothing there. */
function distinctGroups(corpus: Corpus, path: string): Group[] {
  const variants = [
    ...notificationVariants(corpus, path).filter(({ name }) => name !== 'columns_from_file'),
    windowSlice(corpus),
    ordinary(corpus),
    bufferToString(corpus),
  ]
  return [{ name: 'distinct', title: 'notifications, each with a remote name of its own', whole: true, expected: corpus.tallyOf, variants }]
}

/** Compares every field of the first notifications, as JSON has them (so that an absent field and an undefined one are the same). */
function compareObjects(corpus: Corpus, groups: readonly Group[]): void {
  // Decoders are free to keep the fraction of a ms that the record has.
  const plain = (value: unknown) => {
    const fields = JSON.parse(JSON.stringify(value))
    return { ...fields, time: Math.floor(fields.time) }
  }
  const wanted = corpus.truth.map(plain)
  for (const { name, objects } of groups.flatMap(({ variants }) => variants)) {
    const found = objects?.(wanted.length) ?? wanted
    for (const [i, object] of found.entries()) {
      if (object === wanted[i] || isDeepStrictEqual(plain(object), wanted[i])) continue
      throw new Error(`${name}: notification ${i} is\n${JSON.stringify(object)}\nnot\n${JSON.stringify(wanted[i])}`)
    }
    if (found.length !== wanted.length) throw new Error(`${name}: ${found.length} notifications instead of ${wanted.length}`)
  }
  corpus.truth = []
}

async function run(name: string, log2: number, rounds: number, sampleMs: number, isDistinct = false) {
  tell(`${name} ring: making traffic`)
  const corpus = makeCorpus(log2, SEED, isDistinct)
  const path = `build/bench/${corpus.sid}.v1.ring`
  writeFileSync(path, corpus.ring)
  try {
    const groups = isDistinct ? distinctGroups(corpus, path) : groupsOf(corpus, path)
    tell(`${name} ring: comparing answers`)
    compareObjects(corpus, groups)
    if (!isDistinct) compareColumns(corpus)
    const timings = await measure(groups, { records: corpus.records, rounds, sampleMs }, (text) => tell(`${name} ring: ${text}`))
    const titles = Object.fromEntries(groups.map((group) => [group.name, group.title]))
    return { records: corpus.records, bytes: corpus.ring.length, titles, groups: Object.fromEntries(timings) as Record<string, Timing[]> }
  } finally {
    rmSync(path, { force: true })
  }
}

function disturbance(groups: Readonly<Record<string, Timing[]>>): number {
  const ratios = Object.values(groups).flatMap((timings) => timings.map(({ median: wall, cpu }) => wall / cpu))
  return Number(median(ratios).toPrecision(3))
}

mkdirSync('build/bench', { recursive: true })
const started = performance.now()
const where = environment()
const large = await run('large', quick ? LARGE_QUICK_LOG2 : LARGE_LOG2, quick ? 5 : 11, quick ? 8 : 20)
const small = await run('small', SMALL_LOG2, quick ? 5 : 11, quick ? 4 : 8)
const distinct = await run('distinct', DISTINCT_LOG2, quick ? 3 : 7, quick ? 8 : 20, true)
tell('')
const { ratios, chosen } = ratiosOf(large.groups)
const result = {
  ...ratios,
  checksum_included: true,
  chosen,
  small_ring: ratiosOf(small.groups).ratios,
  distinct_names: distinctRatiosOf(distinct.groups.distinct!),
  by_processor_time: ratiosOf(large.groups, 'cpu').ratios,
  /** Time on the wall for each unit of processor time; near 1 when nobody else was at work. */
  disturbance: disturbance(large.groups),
  environment: where,
  seconds: Math.round((performance.now() - started) / 1000),
  quick,
  unit: 'ns per record',
  rings: { large, small, distinct },
}
process.stdout.write(`${JSON.stringify(result)}\n`)
