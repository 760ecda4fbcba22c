// npm run torture: processes that write, and one that reads, are killed and stopped at random; then every record must be accounted for.
//
//   npm run torture -- [--seconds N] [--json] [--seed X] [--slots-log2 K] [--producers N] [--records N] [--no-kills] [--mutate]
//
// Ends with one JSON object. Exit code 0 only if nothing was torn, delivered twice, unaccounted for, hung or crashed.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { inBuild, inRoot, root } from '../../scripts/lib/paths.mjs'
import { buildPrograms, programPath } from '../programs.mjs'
import { Mutation } from './mutation.mjs'
import { RING_NAME } from './names.mjs'
import { chanceFrom } from './processes.mjs'
import { cursorOf, headOf, paces, Round } from './round.mjs'

/** A round is as long as that at most: its journals and logs have to fit into memory. */
const ROUND_MS = 4000

function optionsOf(argv) {
  const number = { type: 'string' }
  const flag = { type: 'boolean', default: false }
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: number,
      seed: number,
      'slots-log2': number,
      producers: number,
      records: number,
      json: flag,
      'no-kills': flag,
      mutate: flag,
    },
  })
  const whole = (name, usual) => {
    const value = values[name] === undefined ? usual : Number(values[name])
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes a whole number`)
    return value
  }
  return {
    seconds: whole('seconds', 60),
    seed: whole('seed', Date.now() % 2 ** 32),
    slotsLog2: whole('slots-log2', 10),
    producers: Math.max(whole('producers', 3), 1),
    /** What each producer writes at most; 0: without end. */
    records: whole('records', 0),
    kills: !values['no-kills'],
    mutate: values.mutate,
    json: values.json,
  }
}

/** Everything that runs is made into a folder of this run's own, so that nobody can replace it meanwhile. */
/** Copies of what runs, so that a build meanwhile changes nothing. */
async function build(out) {
  execFileSync(process.execPath, [inRoot('scripts/build.mjs'), '--no-dll'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  await buildPrograms(['producer', 'mutator'])
  mkdirSync(out, { recursive: true })
  const copy = (from) => {
    copyFileSync(from, join(out, basename(from)))
    return join(out, basename(from))
  }
  copy(inBuild('index.js'))
  // What it loads when it is needed lies beside it.
  cpSync(inBuild('index'), join(out, 'index'), { recursive: true })
  return { producer: copy(programPath('producer')), mutator: copy(programPath('mutator')) }
}

async function torture(options, directory, out) {
  const programs = await build(out)
  const index = join(out, 'index.js')
  const ring = join(directory, 'rings/users', RING_NAME)
  mkdirSync(join(directory, 'rings/users'), { recursive: true })
  const counts = { kills: 0, readerRestarts: 0, readerHangs: 0, crashes: 0, writers: 0, readers: 0 }
  const world = { options, programs, index, ring, directory: join(directory, 'rings'), chance: chanceFrom(options.seed), counts }
  await Round.prime(world)
  const mutation = options.mutate
    ? new Mutation(join(directory, 'mutated'), { programs, index, seed: options.seed, slotsLog2: options.slotsLog2 })
    : undefined
  const sums = { produced: 0, delivered: 0, duplicates: 0, torn: 0, unaccounted: 0 }
  const faults = []
  const end = performance.now() + options.seconds * 1000
  const roundMs = Math.min(ROUND_MS, (options.seconds * 1000) / paces.length)
  for (
    let rounds = 0;
    (rounds < paces.length || performance.now() < end) && counts.readerHangs + counts.crashes + faults.length === 0;
    rounds++
  ) {
    const pace = paces[rounds % paces.length]
    const judge = await new Round(world, pace).run(roundMs)
    for (const name of Object.keys(sums)) sums[name] += judge[name]
    faults.push(...judge.faults)
    if (mutation?.isHung()) counts.readerHangs++
    if (!options.json)
      process.stderr.write(`${pace}: ${judge.produced} produced, ${judge.delivered} delivered; ${counts.kills} kills so far\n`)
  }
  if (mutation) counts.crashes += await mutation.end()

  const { next = 0, totals = {} } = cursorOf(world.directory) ?? {}
  const { overrun = 0, abandoned = 0, late = 0, corrupt = 0 } = totals
  // A cursor that was saved again and again over kills has to add up all the same.
  if (totals.delivered + overrun + abandoned + corrupt !== next) faults.push(`the cursor's totals do not add up to ${next}`)
  const pending = headOf(ring) - next
  const { produced, delivered, duplicates, torn, unaccounted } = sums
  const { kills, readerRestarts, readerHangs, crashes } = counts
  const result = {
    produced,
    delivered,
    overrun,
    abandoned,
    late,
    corrupt,
    pending,
    duplicates,
    torn,
    unaccounted,
    kills,
    readerRestarts,
    readerHangs,
    crashes,
  }
  return { result, faults }
}

const options = optionsOf(process.argv.slice(2))
const out = inBuild('tests/torture', String(process.pid))
const directory = mkdtempSync(join(tmpdir(), 'mprtap-torture-'))
try {
  const { result, faults } = await torture(options, directory, out)
  for (const fault of faults.slice(0, 20)) process.stderr.write(`torture: ${fault} (--seed ${options.seed})\n`)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const bad = ['duplicates', 'torn', 'unaccounted', 'readerHangs', 'crashes'].filter((name) => result[name] > 0)
  if (bad.length > 0) process.stderr.write(`torture: ${bad.join(', ')} must be 0 (--seed ${options.seed})\n`)
  process.exitCode = bad.length + faults.length > 0 ? 1 : 0
} finally {
  for (const used of [directory, out]) rmSync(used, { recursive: true, force: true })
}
