// npm run check [-- --only WORD]: everything that is not a test. Each check is a line; the last line is the sum. With a word, the checks whose names have it.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { buildDeclarations, changedReports } from './lib/declarations.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const exec = promisify(execFile)
const node = (...command) => exec(process.execPath, command, { cwd: root, maxBuffer: 1 << 26 })
const bin = (path, ...args) => node(inRoot('node_modules', path), ...args)

/** Bytes that may not be exceeded: what is loaded into strangers' processes and into every embedder's bundle. Near what they are, so that growth is seen. */
const fileBudgets = {
  'build/core.wasm': 25 * 1024,
  'build/index': 624 * 1024,
  'build/cli': 1312 * 1024,
  'build/dll/x64/mprtap.dll': 24 * 1024,
  'build/dll/x86/mprtap.dll': 24 * 1024,
  'build/dll/arm64/mprtap.dll': 24 * 1024,
}

/** The same of entries: each with every file that it imports statically, which is what Node reads before the first line runs. */
const entryBudgets = {
  'build/index.js': 76 * 1024,
  'build/sinks.js': 12 * 1024,
  'build/testing.js': 40 * 1024,
  'build/cli.js': 85 * 1024,
}

/** Size of a file, or of all files of a folder but source maps, which nobody loads. */
function sizeOf(path) {
  const status = statSync(path)
  return status.isDirectory()
    ? readdirSync(path)
        .filter((name) => !name.endsWith('.map'))
        .reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : status.size
}

/** Size of an entry and of what it imports statically. */
async function sizeOfEntry(entry) {
  const { build: esbuild } = await import('esbuild')
  const { metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: 'build',
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    metafile: true,
  })
  const seen = new Set()
  const visit = (path) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { path: next, kind, external } of metafile.inputs[path].imports) if (kind === 'import-statement' && !external) visit(next)
  }
  visit(entry)
  return [...seen].reduce((sum, path) => sum + metafile.inputs[path].bytes, 0)
}

async function withinBudget() {
  const lines = []
  const judge = (what, size, limit) =>
    lines.push({ text: `${what}: ${size ?? 'missing'} of ${limit} bytes`, good: size !== undefined && size <= limit })
  for (const [file, limit] of Object.entries(fileBudgets)) judge(file, existsSync(inRoot(file)) ? sizeOf(inRoot(file)) : undefined, limit)
  for (const [file, limit] of Object.entries(entryBudgets))
    judge(`${file} and what it imports`, existsSync(inRoot(file)) ? await sizeOfEntry(file) : undefined, limit)
  const report = lines.map(({ text }) => `    ${text}`).join('\n')
  if (!lines.every(({ good }) => good)) throw new Error(report)
  return report
}

async function apiIsAsReported() {
  await buildDeclarations()
  const changed = changedReports()
  if (changed.length > 0)
    throw new Error(`the surface differs from docs/api/${changed.join(', ')}: see it with node scripts/api.mjs --write`)
}

const checks = [
  ['format and lint (Biome)', () => bin('@biomejs/biome/bin/biome', 'ci', '--colors=off', '.')],
  ['types (tsc)', () => bin('typescript/bin/tsc', '-p', 'tsconfig.json')],
  ['every import is allowed, and docs/architecture.md says so', async () => (await node('scripts/check-imports.mjs')).stdout],
  ['dll/ring_layout.h is what the generator writes', () => node('scripts/generate.mjs', '--check')],
  ['format/vectors.json is what the generator writes', () => node('scripts/generate-vectors.mjs', '--check')],
  ['package-lock.json names every platform', () => node('scripts/complete-lock.mjs', '--check')],
  ['DLLs are reproducible, import and export what they should', () => node('scripts/build-dll.mjs', '--verify')],
  ['sizes are within budget', withinBudget],
  ['declarations are closed, and docs/api says what they are', apiIsAsReported],
  ['package shape (publint)', () => bin('publint/src/cli.js', '--strict')],
  ['package types (attw)', () => bin('@arethetypeswrong/cli/dist/index.js', '--pack', '.', '--profile', 'esm-only')],
  ['no unused files, exports or dependencies (knip)', () => bin('knip/bin/knip.js')],
]

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const asked = checks.filter(([name]) => name.includes(values.only))
if (asked.length === 0) {
  process.stderr.write(`No check has "${values.only}" in its name.\n`)
  process.exit(2)
}
await ensureSetupOrExit()
let failed = 0
for (const [name, check] of asked) {
  try {
    const report = await check()
    process.stdout.write(`ok      ${name}\n${typeof report === 'string' && report !== '' ? `${report}\n` : ''}`)
  } catch (error) {
    failed++
    process.stdout.write(`FAILED  ${name}\n${error.stdout ?? ''}${error.stderr ?? error.message}\n`)
  }
}
process.stdout.write(`\n${asked.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
