// node tests/captures/kills.mjs [--kills N] [--seed N]: a recorder is killed N times while rings are written; then each record is looked for in its
// captures. The last line says what was found. Exit code 1: a record was not found exactly once.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildBundles } from '../../scripts/build.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'

const { values } = parseArgs({ options: { kills: { type: 'string', default: '40' }, seed: { type: 'string', default: String(Date.now() % 2 ** 31) } } }) // biome-ignore format: one call
const [kills, seed] = [Number(values.kills), Number(values.seed)]
if (!(Number.isSafeInteger(kills) && kills > 0 && Number.isSafeInteger(seed))) {
  process.stderr.write('Give --kills a whole number above 0, and --seed a whole number.\n')
  process.exit(2)
}
await buildBundles()
mkdirSync(inBuild('tests'), { recursive: true })
const outfile = inBuild('tests', 'killed-recorders.mjs')
await build({
  entryPoints: [inRoot('tests/captures/killed-recorders.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  // The command is found from where the sources lie.
  define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
  logLevel: 'warning',
})
const { killRecorders } = await import(pathToFileURL(outfile).href)
const folder = mkdtempSync(inBuild('tests', 'kills-'))
try {
  const tell = (killed) => killed % 10 === 0 && process.stderr.write(`killed ${killed} times\n`)
  const found = await killRecorders(folder, kills, seed, tell)
  process.stdout.write(`${JSON.stringify({ seed, ...found })}\n`)
  if (found.once !== found.written) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
