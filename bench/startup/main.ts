// npm run bench -- startup: what the command and the library add to the start of Node, measured against bare Node in turn, so that whatever else
// the machine does hits both alike. The budgets are of processor time, which waiting for others does not lengthen; npm run bench fails when one is
// exceeded.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environment } from '../lib/environment.ts'
import { median } from '../lib/measure.ts'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 10 : 40
/** Processor time over bare Node, ms. */
const BUDGETS = { command: 80, library: 40 }

const root = join(import.meta.dirname, '../..')
const module = (code: string) => ['--input-type=module', '-e', code]
const programs = {
  bareCommand: [join(root, 'bench/startup/bare.mjs')],
  command: [join(root, 'build/cli.js'), '--version'],
  bareModule: module(''),
  library: module(`import ${JSON.stringify(pathToFileURL(join(root, 'build/index.js')).href)}`),
}
type Name = keyof typeof programs

interface Start {
  /** By the clock on the wall, ms. */
  readonly wall: number
  /** Of the processor, all threads of the program together, ms. */
  readonly processor: number
}

function start(args: readonly string[]): Start {
  const begin = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['--require', join(root, 'bench/startup/usage.cjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}; npm run build first`)
  return { wall: performance.now() - begin, processor: Number(stderr) }
}

const times = Object.fromEntries(Object.keys(programs).map((name) => [name, [] as Start[]])) as Record<Name, Start[]>
// The first round finds files that nobody has read yet.
for (let round = -1; round < ROUNDS; round++)
  for (const name of Object.keys(programs) as Name[]) {
    const started = start(programs[name])
    if (round >= 0) times[name].push(started)
  }

/** Median of the differences of each round: what both have in common goes out. */
const over = (name: Name, bare: Name, by: keyof Start) => median(times[name].map((started, round) => started[by] - times[bare][round]![by]))
const of = (name: Name, by: keyof Start) => median(times[name].map((started) => started[by]))
const figuresOf = (name: Name, bare: Name, what: string, budget: number) => [
  { what: `bare Node, for ${what}: processor time`, value: of(bare, 'processor'), unit: 'ms' },
  { what: `${what}: processor time over that`, value: over(name, bare, 'processor'), unit: 'ms', budget },
  { what: `${what}: time on the wall over that`, value: over(name, bare, 'wall'), unit: 'ms' },
]
const figures = [
  ...figuresOf('command', 'bareCommand', 'mprtap --version', BUDGETS.command),
  ...figuresOf('library', 'bareModule', "import 'mprtap'", BUDGETS.library),
]
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
