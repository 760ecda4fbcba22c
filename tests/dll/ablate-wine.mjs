// Shows that every guard of the DLL outside its portable core is needed: removes one at a time (guards.mjs), builds the DLL and expects the
// tests under Wine to fail. Prints one line a guard, with the test that noticed, and a last line with the totals.
//   node tests/dll/ablate-wine.mjs               all guards
//   node tests/dll/ablate-wine.mjs stack string  some, by name
//   --part NAME   by one part of the tests only (wine.mjs)
//   --x86   the 32-bit DLL, in the 32-bit tier's Wine
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { guardsOf, WINDOWS } from './guards.mjs'

const x86 = process.argv.includes('--x86')
const args = process.argv.slice(2)
const part = args.includes('--part') ? ['--part', args[args.indexOf('--part') + 1]] : []
const names = args.filter((name) => !name.startsWith('--') && !part.includes(name))
const architecture = x86 ? 'x86' : 'x64'
const work = inBuild('tests/ablation-wine', architecture)
const sources = join(work, 'dll')
const output = join(work, 'out')
/** A DLL without its guard may also hang its caller. */
const PATIENCE_MS = 400_000

const node = (...args) => spawnSync(process.execPath, args, { cwd: inRoot(), encoding: 'utf8', timeout: PATIENCE_MS })

/** Builds the DLL from the sources in `work` and runs the tests: the first that fails; `undefined` when none does. */
function failure() {
  // -w: what only the guard used is unused without it.
  const built = node('scripts/build-dll.mjs', '--quiet', '--arch', architecture, '--sources', sources, '--out', output, '--cflags=-w')
  if (built.status !== 0) throw new Error(built.stderr)
  const { status, stdout } = node('tests/dll/wine.mjs', '--bail', '--dll', output, ...part, ...(x86 ? ['--x86'] : []))
  if (status === 0) return undefined
  return /^not ok (.*)$/m.exec(stdout)?.[1] ?? 'the tests do not come to their end'
}

rmSync(work, { recursive: true, force: true })
cpSync(inRoot('dll'), sources, { recursive: true })
const alreadyFails = failure()
if (alreadyFails) throw new Error(`a test fails with every guard in its place: ${alreadyFails}`)

/** Guards that only the other architecture's tests can notice: 32-bit processes map smaller rings; the full disk is tested on x64. */
const ofTheOther = { x64: ['control-geometry-here', 'ring-too-large'], x86: ['attach'] }[architecture]

const totals = { red: 0, green: 0 }
for (const file of WINDOWS) {
  const { source, guards } = guardsOf(file)
  for (const { name, without } of guards.filter((guard) => names.length === 0 || names.includes(guard.name))) {
    if (ofTheOther.includes(name)) {
      console.log(`left out    ${file}: ${name}: not of ${architecture}`)
      continue
    }
    writeFileSync(join(sources, file), without)
    const noticed = failure()
    totals[noticed ? 'red' : 'green']++
    console.log(noticed ? `noticed     ${file}: ${name}: ${noticed}` : `NOT NOTICED ${file}: ${name}`)
  }
  writeFileSync(join(sources, file), source)
}
console.log(`guards: ${totals.red} removed and noticed, ${totals.green} not noticed`)
process.exit(totals.green === 0 ? 0 : 1)
