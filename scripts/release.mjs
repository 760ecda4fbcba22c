// Makes a release in build/release and does everything but publish it. Fails when anything is off; each step is a line.
//   node scripts/release.mjs             everything
//   node scripts/release.mjs --no-tests  without the tiers of npm test and the checks, which .ci/run has run on this commit
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot, root } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const out = inBuild('release')
/** What may not be exceeded, bytes. */
const budgets = { tarball: 800 * 1024, unpacked: 3 * 1024 * 1024 }

const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
const git = async (...args) => (await run('git', args, { cwd: root })).trim()
const node = (...args) => run(process.execPath, args, { cwd: root })
const sha = (algorithm, file, encoding = 'hex') => createHash(algorithm).update(readFileSync(file)).digest(encoding)

/** @throws Error unless the commit is what people will find under the version's tag. */
async function commitIsReady() {
  const changed = await git('status', '--porcelain')
  if (changed) throw new Error(`There are changes that are not committed:\n${changed}`)
  const waiting = readdirSync(inRoot('.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  if (waiting.length > 0) throw new Error(`${waiting.length} changesets wait: npx changeset version, then commit.`)
  const log = readFileSync(inRoot('CHANGELOG.md'), 'utf8')
  if (!log.includes(`\n## ${version}\n`)) throw new Error(`CHANGELOG.md has no section "## ${version}".`)
  return `${version} at ${(await git('rev-parse', 'HEAD')).slice(0, 12)}`
}

async function pack(into) {
  mkdirSync(into, { recursive: true })
  const output = await run('npm', ['pack', '--json', '--pack-destination', into], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(output)
  return { file: join(into, filename), size, unpackedSize, entryCount }
}

let packed

/** Two packs from nothing but sources give one hash. */
async function packTwice() {
  const again = join(out, 'again')
  for (const name of ['index.js', 'testing.js', 'cli.js', 'index.d.ts', 'testing.d.ts', 'core.wasm']) rmSync(inBuild(name), { force: true })
  rmSync(inBuild('api'), { recursive: true, force: true })
  packed = await pack(out)
  for (const name of ['index.js', 'cli', 'api', 'dll', 'core.wasm']) rmSync(inBuild(name), { recursive: true, force: true })
  const second = await pack(again)
  if (sha('sha512', packed.file) !== sha('sha512', second.file)) throw new Error(`Two packs differ: ${packed.file} and ${second.file}`)
  rmSync(again, { recursive: true })
  return `sha512-${sha('sha512', packed.file, 'base64')}`
}

function isWithinBudget() {
  const { size, unpackedSize, entryCount } = packed
  const text = `${size} bytes of ${budgets.tarball}, unpacked ${unpackedSize} of ${budgets.unpacked}, ${entryCount} files`
  if (size > budgets.tarball || unpackedSize > budgets.unpacked) throw new Error(text)
  return text
}

async function describe() {
  const { makeSbom } = await import('./lib/sbom.mjs')
  const sbom = makeSbom()
  writeFileSync(join(out, `mprtap-${version}.cdx.json`), `${JSON.stringify(sbom, null, 2)}\n`)
  const dlls = ['x64', 'x86', 'arm64'].map((architecture) => ['dll', architecture, 'mprtap.dll'])
  const sums = [
    ...readdirSync(out).map((name) => `${sha('sha256', join(out, name))}  ${name}`),
    ...dlls.map((path) => `${sha('sha256', inBuild(...path))}  ${path.join('/')}`),
  ]
  writeFileSync(join(out, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  return `${sbom.components.length} components, ${sums.length} hashes`
}

const isTested = !process.argv.includes('--no-tests')
const vitest = (project) => node('node_modules/vitest/vitest.mjs', 'run', '--project', project)
const steps = [
  ['the commit is ready', commitIsReady],
  ...(isTested ? [['everything that must hold (.ci/run)', () => run('.ci/run', [], { cwd: root, env: { ...process.env, CI: 'true' } })]] : []),
  ['every package of the lock file has its hash', () => node('scripts/complete-lock.mjs', '--check')],
  ['two packs, one hash', packTwice],
  ['sizes are within budget', isWithinBudget],
  ['strangers can use it, everywhere', async () => [await vitest('package'), await vitest('package-all')] && ''],
  ['bill of materials and hashes', describe],
]

await ensureSetupOrExit({ tiers: ['core', 'native', 'nodes', 'package', 'package-all'] })
rmSync(out, { recursive: true, force: true })
for (const [name, step] of steps) {
  try {
    const said = await step()
    process.stdout.write(`ok      ${name}${said && !said.includes('\n') ? `: ${said}` : ''}\n`)
  } catch (error) {
    process.stdout.write(`FAILED  ${name}\n${error.message}\n`)
    process.exit(1)
  }
}
process.stdout.write(`\nbuild/release holds mprtap ${version}. To publish it: npm publish build/release/mprtap-${version}.tgz\n`)
