// Shows that every guard of the portable core is needed: removes one at a time (guards.mjs) and expects the native tests to fail. Prints one
// line a guard and a last line with the totals.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { guardsOf, PORTABLE } from './guards.mjs'
import { writeHeaders } from './headers.mjs'

const work = inBuild('tests/ablation')
const tests = inRoot('tests/dll')
const flags = [
  '-std=gnu11',
  '-O1',
  '-w',
  '-fms-extensions',
  '-DMPRTAP_TEST_POINTS',
  '-DMPRTAP_INCREMENT_BY_CAS',
  '-fsanitize=address,undefined',
]

/** Builds and runs the tests over the sources in `work`. A guard whose absence makes a writer spin is noticed by the time limit. */
function testsPass() {
  const sources = PORTABLE.filter((file) => file.endsWith('.c') && file !== 'ring_cache.c').map((file) => join(work, file))
  const harness = readdirSync(tests).filter((file) => /^(check|rings|.*-test)\.c$/.test(file))
  const program = join(work, 'core')
  const include = [`-I${work}`, `-I${tests}`]
  const args = [...flags, '-fno-sanitize-recover=all', ...include, ...sources, ...harness.map((file) => join(tests, file)), '-o', program]
  const built = spawnSync('clang', args, { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const env = { ...process.env, ASAN_OPTIONS: 'allow_user_segv_handler=1' }
  return spawnSync(program, { env, timeout: 10_000 }).status === 0
}

rmSync(work, { recursive: true, force: true })
mkdirSync(work, { recursive: true })
cpSync(inRoot('dll'), work, { recursive: true })
writeHeaders(work)
if (!testsPass()) throw new Error('the tests fail with every guard in its place: run tests/dll/run.mjs')

const totals = { red: 0, green: 0 }
for (const file of PORTABLE) {
  const { source, guards } = guardsOf(file)
  for (const { name, without } of guards) {
    writeFileSync(join(work, file), without)
    const passed = testsPass()
    totals[passed ? 'green' : 'red']++
    console.log(`${passed ? 'NOT NOTICED' : 'noticed    '} ${file}: ${name}`)
  }
  writeFileSync(join(work, file), source)
}
console.log(`guards: ${totals.red} removed and noticed, ${totals.green} not noticed`)
process.exit(totals.green === 0 ? 0 : 1)
