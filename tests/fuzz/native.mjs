// Fuzzes the C code that opens, validates, heals and writes a ring, with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.
//   node tests/fuzz/native.mjs [--seconds S] [--seed X] [--json]   the corpus, then S seconds (default 10), half of them for either variant
//   node tests/fuzz/native.mjs --case HEX                          one input again, as a failure names it
//   node tests/fuzz/native.mjs --seconds S --keep                  what was found is minimised into tests/fuzz/native/corpus.txt
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { buildTarget, corpusFile, environment, readCorpus, variants, writeInputs } from './native/build.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const directory = inBuild('tests/fuzz')
const corpus = join(directory, 'corpus')
const found = join(directory, 'found')
const seconds = Math.max(1, Math.round(Number(values.seconds) / Object.keys(variants).length))
// An input takes some 40 microseconds: one that takes seconds hangs.
const LIMITS = ['-timeout=10', '-rss_limit_mb=1024', '-max_len=1024', `-artifact_prefix=${directory}/failure-`]

/** Runs a target and resolves with what it printed. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', (status) => resolve({ output, status }))
  })
}

const totals = { passed: 0, failed: 0, executions: 0, failures: [] }

/** Counts a run as a test, and tells of the input that broke it. */
function report(sentence, { output, status }) {
  totals[status === 0 ? 'passed' : 'failed']++
  if (!values.json) console.log(`${status === 0 ? 'ok' : 'not ok'} ${sentence}`)
  if (status === 0) return
  const [, artifact] = /Test unit written to (\S+)/.exec(output) ?? []
  const what = /^(NOT SO: .*|.*runtime error: .*|==\d+==ERROR: .*|.*ALARM: .*)$/m.exec(output)?.[1] ?? output.slice(-2000)
  const again = artifact ? `again: node tests/fuzz/native.mjs --case ${readFileSync(artifact).toString('hex')}` : ''
  totals.failures.push(what)
  if (!values.json) console.log(`  ${what}\n  ${again}`)
}

async function fuzz(variant) {
  const program = buildTarget(variant, directory)
  if (values.case !== undefined) {
    writeInputs(corpus, [Buffer.from(values.case, 'hex')])
    return report(`${variant}: this case`, await run(program, [...LIMITS, '-runs=0', corpus]))
  }
  const inputs = readCorpus()
  writeInputs(corpus, inputs)
  report(
    `${variant}: every promise holds for the ${inputs.length} inputs of the corpus`,
    await run(program, [...LIMITS, '-runs=0', corpus]),
  )
  const options = [...LIMITS, `-max_total_time=${seconds}`, `-seed=${values.seed}`, '-print_final_stats=1']
  const result = await run(program, [...options, found, corpus])
  const executions = Number(/number_of_executed_units: (\d+)/.exec(result.output)?.[1] ?? 0)
  totals.executions += executions
  report(`${variant}: and for those that ${seconds} s bring up (${executions})`, result)
}

/** The fewest inputs that reach what all together reach, as lines of hexadecimal. */
async function keep() {
  const program = join(directory, 'ring-target-plain')
  const fewest = join(directory, 'fewest')
  writeInputs(fewest, [])
  const { status, output } = await run(program, ['-set_cover_merge=1', ...LIMITS, fewest, corpus, found])
  if (status !== 0) throw new Error(output)
  const lines = readdirSync(fewest).map((name) => readFileSync(join(fewest, name)).toString('hex'))
  const comment = '# Inputs of ring-target.c, one a line; node tests/fuzz/native.mjs --seconds 60 --keep makes this file.'
  writeFileSync(corpusFile, `${[comment, ...lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))].join('\n')}\n`)
}

const started = performance.now()
writeInputs(found, [])
for (const variant of Object.keys(variants)) await fuzz(variant)
if (values.keep && totals.failed === 0) await keep()
if (values.json) console.log(JSON.stringify({ ...totals, seconds: Math.round((performance.now() - started) / 1000) }))
else console.log(`native fuzzing: ${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1
