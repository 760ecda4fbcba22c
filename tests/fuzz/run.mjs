// Fuzzes the core with mutated rings, headers and records.
//   node tests/fuzz/run.mjs [--slots N] [--seconds S] [--seed X] [--json]    until N slots were mutated or S seconds went by (default: 10 s)
//   node tests/fuzz/run.mjs --case X                                         one case again, by the seed that a failure names
// The cases of tests/fuzz/corpus/cases.txt come first. A failure names its case, and the exit code is 1.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildMutator } from '../programs.mjs'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    slots: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

// With a number of slots given, time does not end the run.
const slots = values.slots === undefined ? Number.POSITIVE_INFINITY : Number(values.slots)
const seconds = Number(values.seconds ?? (values.slots === undefined ? 10 : Number.POSITIVE_INFINITY))

async function load() {
  const outfile = join(root, 'build/fuzz.mjs')
  mkdirSync(join(root, 'build'), { recursive: true })
  const contents = "export { Fuzzer } from './fuzzer.ts'\nexport { Mutator } from './mutator.ts'"
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile).href)
}

await buildMutator()
const { Fuzzer, Mutator } = await load()
const fuzzer = new Fuzzer(Mutator.load(root))
const { totals } = fuzzer
const corpus = readFileSync(join(import.meta.dirname, 'corpus/cases.txt'), 'utf8')
  .replace(/#.*$/gm, '')
  .split(/\s+/)
  .filter(Boolean)

function* seeds() {
  if (values.case !== undefined) {
    yield BigInt(values.case)
    return
  }
  for (const seed of corpus) yield BigInt(seed)
  // Seeds far apart: consecutive ones would do, but then two runs with neighbouring --seed would share cases.
  for (let i = 0n; ; i++) yield BigInt.asUintN(64, BigInt(values.seed) * 0x9e37_79b9_7f4a_7c15n + i)
}

const started = performance.now()
const elapsed = () => (performance.now() - started) / 1000
/** What this process computed, whatever else the machine did meanwhile. */
const processorSeconds = () => process.cpuUsage().user / 1e6
let told = 0
let failure
try {
  for (const seed of seeds()) {
    fuzzer.run(seed)
    if (totals.slots >= slots || elapsed() >= seconds) break
    if (!values.json && elapsed() - told > 10) {
      told = elapsed()
      process.stderr.write(`${totals.slots} slots, ${Math.round(totals.slots / told)} a second\n`)
    }
  }
} catch (error) {
  failure = error
}
const report = {
  ...totals,
  seconds: Number(elapsed().toFixed(1)),
  slotsPerSecond: Math.round(totals.slots / elapsed()),
  slotsPerProcessorSecond: Math.round(totals.slots / processorSeconds()),
  failures: failure ? 1 : 0,
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, ...(failure ? { failure: failure.message } : {}) })}\n`)
else {
  for (const [key, value] of Object.entries(report)) process.stdout.write(`${key.padEnd(24)} ${value}\n`)
  if (failure) process.stdout.write(`\n${failure.stack}\n\nagain: node tests/fuzz/run.mjs --case ${failure.seed}\n`)
}
process.exitCode = failure ? 1 : 0
