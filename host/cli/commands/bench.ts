import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeRings } from '../../testing/index.ts'
import { tableLines } from '../../text/table.ts'
import { otherTrials, type Trial, tapTrials } from '../bench/trials.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { notEmptyList, positiveNumber } from '../option-values.ts'
import { terminalWidth } from '../output/line-style.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface BenchOptions {
  readonly seconds: number
  readonly json?: boolean
}

interface Result {
  readonly trial: Trial
  readonly records: number
  readonly rounds: number
  /** Median over the rounds. */
  readonly recordsPerSecond: number
}

/** Rings of 16 MiB that generated traffic overwrites once: full, as those of a busy machine are. */
const GENERATED = { users: 3, operations: 80_000, slotCountLog2: 15, seed: 1 }
const ROUNDS_MIN = 3

export const verb: Verb<BenchOptions, [sources?: readonly string[]]> = {
  define(command) {
    command
      .argument('[source...]', 'folders of rings, ring files, captures; without any, rings are generated', notEmptyList)
      .option('--seconds <n>', 'how long to measure', positiveNumber(3600), 10)
      .option('--json', 'newline-delimited JSON, a line a way of reading')
  },
  run: async (options, [sources = []], context) => {
    if (sources.length > 0) return bench(sources, options, context)
    const folder = mkdtempSync(join(tmpdir(), 'mprtap-bench-'))
    try {
      writeRings(folder, GENERATED)
      return await bench([folder], options, context)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/**
 * Measures how fast this machine reads the sources: every way once a round, round after round, and the median of each.
 *
 * @throws MprtapError when the sources cannot be opened.
 */
async function bench(sources: readonly string[], { seconds, json }: BenchOptions, context: CommandContext): Promise<number> {
  const results = await measure([...tapTrials(sources, context.stop), ...otherTrials(sources)], seconds, context.stop)
  if (!results.some(({ records }) => records > 0)) {
    context.tell('There are no records in it, so nothing was measured.')
    return EXIT_FAILURE
  }
  const ordinary = results.find(({ trial }) => trial.name === 'ordinary')?.recordsPerSecond
  const times = ({ recordsPerSecond }: Result) => (ordinary ? recordsPerSecond / ordinary : undefined)
  if (json) {
    for (const result of results) {
      const { trial, records, rounds, recordsPerSecond } = result
      const line = { type: 'bench', way: trial.name, recordsPerSecond: Math.round(recordsPerSecond), nsPerRecord: 1e9 / recordsPerSecond }
      await context.output.write(JSON.stringify({ ...line, timesOrdinary: times(result), records, rounds, node: process.version }))
    }
    return EXIT_OK
  }
  const columns = [
    { title: 'way of reading', type: 'text', rank: 0, text: ({ trial }: Result) => trial.label },
    { title: 'records/s', type: 'number', rank: 0, text: (result: Result) => Math.round(result.recordsPerSecond).toLocaleString('en') },
    { title: 'ns a record', type: 'number', rank: 1, text: (result: Result) => (1e9 / result.recordsPerSecond).toFixed(0) },
    { title: 'x ordinary', type: 'number', rank: 2, text: (result: Result) => times(result)?.toFixed(1) ?? '' },
  ] as const
  for (const line of tableLines(columns, results, terminalWidth(context))) await context.output.write(line)
  const { records, rounds } = results[0]!
  await context.output.write(`${records.toLocaleString('en')} records, ${rounds} rounds, the median of each; Node ${process.version}`)
  return EXIT_OK
}

async function measure(trials: readonly Trial[], seconds: number, stop: AbortSignal): Promise<Result[]> {
  const samples = trials.map(() => [] as number[])
  const records = trials.map(() => 0)
  const end = performance.now() + seconds * 1000
  // The first round is for the compiler.
  for (let round = 0; round <= ROUNDS_MIN || performance.now() < end; round++) {
    for (const [i, trial] of trials.entries()) {
      const pass = await trial.run()
      if (stop.aborted) return []
      records[i] = pass.records
      if (round > 0) samples[i]!.push((pass.records / pass.ms) * 1000)
    }
  }
  return trials.map((trial, i) => {
    const sorted = samples[i]!.sort((a, b) => a - b)
    return { trial, records: records[i]!, rounds: sorted.length, recordsPerSecond: sorted[sorted.length >> 1] ?? 0 }
  })
}
