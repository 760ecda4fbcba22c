// npm run bench -- startup: what the command and the library add to the start of Node, measured against bare Node in turn, so that whatever else
// the machine does hits both alike. The budgets are differences; npm run bench fails when one is exceeded.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { environment } from '../lib/environment.ts'
import { median } from '../lib/measure.ts'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 10 : 40
/** ms over bare Node. */
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

function start(args: readonly string[]): number {
  const begin = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}; npm run build first`)
  return performance.now() - begin
}

const times = Object.fromEntries(Object.keys(programs).map((name) => [name, [] as number[]])) as Record<Name, number[]>
// The first round finds files that nobody has read yet.
for (let round = -1; round < ROUNDS; round++)
  for (const name of Object.keys(programs) as Name[]) {
    const ms = start(programs[name])
    if (round >= 0) times[name].push(ms)
  }

/** Median of the differences of each round: what both have in common goes out. */
const over = (name: Name, bare: Name) => median(times[name].map((ms, round) => ms - times[bare][round]!))
const figures = [
  { what: 'bare Node, an empty file', value: median(times.bareCommand), unit: 'ms' },
  { what: 'mprtap --version: over that', value: over('command', 'bareCommand'), unit: 'ms', budget: BUDGETS.command },
  { what: 'bare Node, an empty module', value: median(times.bareModule), unit: 'ms' },
  { what: "import 'mprtap': over that", value: over('library', 'bareModule'), unit: 'ms', budget: BUDGETS.library },
]
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
