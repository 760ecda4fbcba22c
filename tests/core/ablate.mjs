// Shows that every guard of the WebAssembly core is needed: takes one at a time out of a copy of assembly/, builds that, and expects a test to
// fail. Prints one line a guard, with the test that noticed, and a last line with the totals.
//   node tests/core/ablate.mjs                    all guards
//   node tests/core/ablate.mjs ring own-process   those of assembly/ring.ts, and one by name
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { guardsOf } from './guards.mjs'

/** Files of tests/host that look at a source first: most guards are noticed there. Then the core's own tests, then all of these. */
const NEAREST = {
  'canonical.ts': ['core-strings', 'core-readings'],
  'columns.ts': ['core-strings', 'core-records'],
  'fairness.ts': ['core-pairing'],
  'filter.ts': ['filter-strings', 'filter-policy'],
  'hash-keys.ts': ['core-strings'],
  'index.ts': ['core-levels'],
  'late-watch.ts': ['core-ring'],
  'operations.ts': ['core-pairing', 'core-progress', 'core-strings', 'filter-strings', 'statistics-bounds'],
  'ring-owner.ts': ['filter-strings', 'core-ring'],
  'turn.ts': ['core-strings', 'core-progress', 'core-pairing'],
  'intern.ts': ['core-strings', 'core-pairing'],
  'name-tests.ts': ['filter-strings'],
  'pairing.ts': ['core-pairing'],
  'progress.ts': ['core-progress'],
  'record.ts': ['core-guards', 'core-records', 'core-readings', 'filter-refused-names'],
  'remote-name.ts': ['statistics-groups'],
  'ring.ts': ['core-ring', 'core-first-look', 'core-progress', 'core-levels'],
  'row-tests.ts': ['filter-strings', 'filter-policy'],
  'statistics.ts': ['statistics-bounds', 'statistics-groups'],
}
/** A guard whose absence makes the core spin is noticed by this. Ten times what any of these takes on a busy machine. */
const PATIENCE_MS = 900_000

const work = inBuild('tests/core-ablation')
const assembly = join(work, 'assembly')
const core = join(work, 'core.wasm')
const results = join(work, 'results.json')

function node(args, cwd, env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' }
  const { error, ...ended } = spawnSync(process.execPath, args, options)
  if (error && error.code !== 'ETIMEDOUT') throw error
  return { ...ended, isEndless: error !== undefined }
}

/** A folder in which the compiler and as-pect find everything where they expect it. */
function prepare() {
  rmSync(work, { recursive: true, force: true })
  for (const folder of ['assembly', 'format', 'tests/core', 'scripts/lib']) cpSync(inRoot(folder), join(work, folder), { recursive: true })
  for (const file of ['asconfig.json', 'as-pect.asconfig.json', 'as-pect.config.js', 'package.json', 'scripts/generate-core-vectors.mjs'])
    cpSync(inRoot(file), join(work, file))
  mkdirSync(join(work, 'build'))
  symlinkSync(inRoot('node_modules'), join(work, 'node_modules'))
}

function build() {
  const { status, stdout, stderr } = node(['node_modules/assemblyscript/bin/asc.js', '--target', 'debug', '--outFile', core], work)
  if (status !== 0) throw new Error(`the core does not compile without it:\n${stdout}${stderr}`)
  writeFileSync(join(work, 'core-wasm.mjs'), `export const coreBytes = Buffer.from('${readFileSync(core).toString('base64')}', 'base64')\n`)
}

/** The first test of these files that fails with the core that was built; `undefined` when none does. */
function failureOnHost(files) {
  if (files.length === 0) return undefined
  rmSync(results, { force: true })
  const config = ['--config', 'tests/core/ablation.config.mjs', '--bail', '1', '--reporter', 'json', '--outputFile', results]
  const paths = files.map((file) => `tests/host/${file}.test.ts`)
  const { status, isEndless } = node(['node_modules/vitest/vitest.mjs', 'run', ...config, ...paths], inRoot(), {
    MPRTAP_CORE_MODULE: join(work, 'core-wasm.mjs'),
  })
  if (isEndless) return `${files.join(', ')}: no end`
  if (status === 0) return undefined
  const tests = JSON.parse(readFileSync(results, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults)
  return tests.find((test) => test.status === 'failed')?.fullName ?? 'a file of tests cannot be run'
}

/** The same of the core's own tests. */
function failureInCore() {
  const { status, isEndless, stdout, stderr } = node(['node_modules/@as-pect/cli/bin/asp.js', '--summary'], work)
  if (isEndless) return 'tests/core: no end'
  if (status === 0) return undefined
  return /❌ (?!tests\/)(.*?)(?: - |\n)/.exec(stripVTControlCharacters(stderr + stdout))?.[1] ?? 'they cannot be run'
}

/** Which test notices the change in `file`. */
function failure(file) {
  build()
  const nearest = NEAREST[file] ?? []
  const others = Object.values(NEAREST)
    .flat()
    .filter((name) => !nearest.includes(name))
  return failureOnHost(nearest) ?? failureInCore() ?? failureOnHost([...new Set(others)])
}

prepare()
const everywhere = failure('')
if (everywhere) throw new Error(`a test fails with every guard in its place: ${everywhere}`)

const wanted = process.argv.slice(2)
const totals = { red: 0, green: 0 }
for (const file of readdirSync(inRoot('assembly')).filter((name) => name.endsWith('.ts'))) {
  const original = readFileSync(join(assembly, file), 'utf8')
  for (const { name, without } of guardsOf(original)) {
    if (wanted.length > 0 && !wanted.includes(name) && !wanted.includes(file.replace('.ts', ''))) continue
    writeFileSync(join(assembly, file), without)
    const noticed = failure(file)
    totals[noticed ? 'red' : 'green']++
    console.log(`${noticed ? 'noticed    ' : 'NOT NOTICED'} ${file}: ${name}${noticed ? `: ${noticed}` : ''}`)
  }
  writeFileSync(join(assembly, file), original)
}
console.log(`guards: ${totals.red} removed and noticed, ${totals.green} not noticed`)
process.exit(totals.green === 0 ? 0 : 1)
