// Checks the Promela model of the ring: builds each configuration with spin and gcc, searches it, prints one line each.
//   run.mjs [--quick] [--full] [--ablate] [--only NAME] [--trail] [--json]
// --quick leaves out the seven with more than two million states, --full adds the very large ones, --ablate runs only the weakened ones, --only one of either, --trail prints its counter-example.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ablations, configurations } from './configurations.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const output = fileURLToPath(new URL('../../build/model/', import.meta.url))
const DEPTH_MAX = 1_000_000
const MEMORY_MIB = 6000

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    ablate: { type: 'boolean', default: false },
    only: { type: 'string' },
    trail: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const say = options.json ? () => {} : console.log

/** The integer constants of format/layout.ts that the model takes over, so that a bound changed there is checked here. */
function layoutConstants() {
  const text = readFileSync(new URL('../../format/layout.ts', import.meta.url), 'utf8')
  const names = [
    'CLAIMS_MAX',
    'TAKE_ATTEMPTS_MAX',
    'HEAL_ATTEMPTS_MAX',
    'FETCH_ADD_ATTEMPTS_MAX',
    'STATE_WRITING',
    'STATE_COMMITTED',
    'STAMP_SHIFT',
  ]
  return Object.fromEntries(
    names.map((name) => {
      const found = new RegExp(`^export const ${name} = (\\d+)$`, 'm').exec(text)
      if (!found) throw new Error(`format/layout.ts has no ${name}`)
      return [name, Number(found[1])]
    }),
  )
}

function run(command, args, cwd, accepted = [0]) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (result.error?.code === 'ENOENT') {
    console.error(`model: ${command} IS MISSING, NOTHING WAS CHECKED. On Debian: apt-get install spin gcc`)
    process.exit(2)
  }
  if (result.error) throw result.error
  if (!accepted.includes(result.status))
    throw new Error(`${command} ${args.join(' ')}: exit code ${result.status}\n${result.stdout}${result.stderr}`)
  return result.stdout
}

/** Searches one configuration to its end, or to the first property that breaks; a breadth-first counter-example is a shortest one. */
function search(name, sizes, { weak, compress }) {
  const directory = join(output, name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const defines = Object.entries({ ...constants, ...sizes, WEAK: weak ?? 0 }).map(([macro, value]) => `-D${macro}=${value}`)
  run('spin', ['-a', ...defines, join(here, 'main.pml')], directory)
  const kind = sizes.LIVENESS ? [] : weak ? ['-DSAFETY', '-DBFS'] : ['-DSAFETY']
  run('gcc', ['-O2', '-w', `-DMEMLIM=${MEMORY_MIB}`, ...kind, ...(compress ? ['-DCOLLAPSE'] : []), '-o', 'pan', 'pan.c'], directory)
  const started = performance.now()
  const report = run('./pan', [`-m${DEPTH_MAX}`, ...(sizes.LIVENESS ? ['-a'] : [])], directory, [0, 1])
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  const number = (pattern) => Number(pattern.exec(report)?.[1] ?? Number.NaN)
  const broken = brokenProperty(report)
  if (broken && options.trail) say(run('spin', ['-k', 'main.pml.trail', '-p', ...defines, join(here, 'main.pml')], directory, [0, 1]))
  return {
    name,
    states: number(/([\d.e+]+) states, stored/),
    depth: number(/depth reached (\d+)/),
    mebibytes: Math.round(number(/([\d.]+)\s+total actual memory usage/)),
    seconds,
    broken,
    trail: broken ? number(/at depth (\d+)/) : undefined,
  }
}

/** The property whose name stands in the failed assertion; undefined if all hold; `incomplete` if the search came to no end. */
function brokenProperty(report) {
  const assertion = /assertion violated .*\|\|(\w+)\) \(at depth/.exec(report)
  if (assertion) return assertion[1]
  if (/acceptance cycle \(at depth/.test(report)) return 'a_reader_reads_to_the_end'
  if (/errors: 0$/m.test(report) && !/Search not completed|max search depth too small|out of memory/.test(report)) return undefined
  return 'incomplete'
}

/** A rule that nobody weakens, or a property that nothing breaks, would be a claim without evidence. */
function gaps() {
  const names = (file, pattern) => [...readFileSync(join(here, file), 'utf8').matchAll(pattern)].map((found) => found[1])
  const rules = names('rules.pml', /^#define (\w+) \d+ /gm).filter((rule) => !ablations.some((ablation) => ablation.rule === rule))
  const properties = [...names('ring.pml', /^bit (\w+);/gm), ...names('main.pml', /^ltl (\w+)/gm)]
  return [
    ...rules.map((rule) => `${rule} is never weakened`),
    ...properties
      .filter((property) => !ablations.some(({ breaks }) => breaks === property))
      .map((property) => `nothing breaks ${property}`),
  ]
}

const constants = layoutConstants()
const wanted = ({ name, rule, full, large }) =>
  options.only ? (name ?? rule) === options.only : (options.full || !full) && !(options.quick && large)
const checked = []
const weakened = []
const failures = []

const figures = ({ states, depth, mebibytes, seconds }) =>
  `${String(states).padStart(10)} states  depth ${String(depth).padStart(4)}  ${String(mebibytes).padStart(5)} MiB  ${seconds.toFixed(1).padStart(6)} s`

for (const { name, with: sizes, full } of options.ablate ? [] : configurations.filter(wanted)) {
  const result = search(name, sizes, { compress: full })
  checked.push({ ...result, good: !result.broken })
  if (result.broken) failures.push(`${name}: ${result.broken}`)
  say(
    `${result.broken ? 'FAILED' : 'holds '} ${name.padEnd(22)} ${figures(result)}${result.broken ? `  ${result.broken}, trail of ${result.trail} steps` : ''}`,
  )
}

for (const { rule, breaks, with: sizes } of ablations.filter(wanted)) {
  const result = search(`weak-${rule}-${breaks}`, sizes, { weak: rule })
  const good = result.broken === breaks
  weakened.push({ rule, ...result, good })
  if (!good) failures.push(`${rule} weakened: expected to break ${breaks}, found ${result.broken ?? 'no counter-example'}`)
  say(
    `${good ? 'breaks' : 'FAILED'} ${rule.padEnd(24)} ${result.broken ?? 'NO COUNTER-EXAMPLE'}, trail of ${result.trail} steps, ${result.states} states`,
  )
}

failures.push(...gaps())
const passed =
  checked.filter(({ broken }) => !broken).length + weakened.length - failures.filter((text) => text.includes(' weakened: ')).length
if (options.json)
  console.log(JSON.stringify({ passed, failed: failures.length, failures, configurations: checked, ablations: weakened }, null, 2))
for (const failure of failures) say(`model: ${failure}`)
say(`model: ${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0
