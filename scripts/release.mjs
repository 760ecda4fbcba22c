// Makes a release in build/release and does everything but publish it. Ends at the first step that is not in order; each step is a line.
//   node scripts/release.mjs              everything
//   node scripts/release.mjs --no-tests   without the tiers of npm test and the checks, when .ci/run has run on this commit
//   node scripts/release.mjs --rehearse   as --no-tests, on a commit that is not ready to be released: it says so, and does the rest
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './lib/npm.mjs'
import { inBuild, inRoot, root } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const known = ['--no-tests', '--rehearse']
const unknown = process.argv.slice(2).find((word) => !known.includes(word))
if (unknown) {
  process.stderr.write(`There is no option ${unknown}; there are ${known.join(' and ')}.\n`)
  process.exit(2)
}
const isRehearsal = process.argv.includes('--rehearse')
const isTested = !isRehearsal && !process.argv.includes('--no-tests')

const out = inBuild('release')
/** What may not be exceeded, bytes. */
const budgets = { tarball: 2560 * 1024, unpacked: 6 * 1024 * 1024, zip: 40 * 1024 * 1024 }

const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
const git = async (...args) => (await run('git', args, { cwd: root })).trim()
const node = (...args) => run(process.execPath, args, { cwd: root })
const sha = (algorithm, file, encoding = 'hex') => createHash(algorithm).update(readFileSync(file)).digest(encoding)
const kilobytes = (bytes) => `${Math.ceil(bytes / 1024)} KiB`

/** @throws Error unless the commit is what people will find under the version's tag. */
async function commitIsReady() {
  const faults = []
  const changed = await git('status', '--porcelain')
  if (changed) faults.push(`There are changes that are not committed:\n${changed}`)
  const waiting = readdirSync(inRoot('.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  if (waiting.length > 0) faults.push(`${waiting.length} changesets wait: npx changeset version, then commit.`)
  if (!readFileSync(inRoot('CHANGELOG.md'), 'utf8').includes(`\n## ${version}\n`))
    faults.push(`CHANGELOG.md has no section "## ${version}".`)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${version} at ${(await git('rev-parse', 'HEAD')).slice(0, 12)}`
}

async function pack(into) {
  mkdirSync(into, { recursive: true })
  const output = await npm(['pack', '--json', '--pack-destination', into], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(output)
  return { file: join(into, filename), size, unpackedSize, entryCount }
}

/** What a build makes; what is downloaded and what tests make stays. */
const built = [
  'index',
  'cli',
  'api',
  'types',
  'dll',
  'index.js',
  'testing.js',
  'sinks.js',
  'cli.js',
  'core.wasm',
  'core-wasm.mjs',
  'live-page.mjs',
]

let packed
let zipped

/** Two packs from nothing but sources give one hash. */
async function packTwice() {
  const packFromSources = (into) => {
    for (const name of built) rmSync(inBuild(name), { recursive: true, force: true })
    return pack(into)
  }
  const again = join(out, 'again')
  packed = await packFromSources(out)
  const second = await packFromSources(again)
  if (sha('sha512', packed.file) !== sha('sha512', second.file)) throw new Error(`Two packs differ: ${packed.file} and ${second.file}`)
  rmSync(again, { recursive: true })
  return `sha512-${sha('sha512', packed.file, 'base64')}`
}

async function zipForWindows() {
  const { makeWindowsZip } = await import('./lib/windows-zip.mjs')
  const file = join(out, 'mprtap-win-x64.zip')
  const second = join(out, 'again.zip')
  zipped = await makeWindowsZip(packed.file, file)
  await makeWindowsZip(packed.file, second)
  if (sha('sha256', file) !== sha('sha256', second)) throw new Error('Two zips of one package differ.')
  rmSync(second)
  return `${zipped.files} files`
}

function isWithinBudget() {
  const sizes = { tarball: packed.size, unpacked: packed.unpackedSize, zip: zipped.size }
  const text = Object.entries(sizes).map(([name, size]) => `${name} ${kilobytes(size)} of ${kilobytes(budgets[name])}`)
  const isOver = Object.entries(sizes).some(([name, size]) => size > budgets[name])
  if (isOver) throw new Error(text.join(', '))
  return `${text.join(', ')}; ${packed.entryCount} files`
}

async function describe() {
  const { makeSbom } = await import('./lib/sbom.mjs')
  const { windowsNodePackage } = await import('./lib/windows-zip.mjs')
  const write = (name, bill) => writeFileSync(join(out, name), `${JSON.stringify(bill, null, 2)}\n`)
  const bill = makeSbom()
  const { name, version: nodeVersion } = windowsNodePackage()
  write(`mprtap-${version}.cdx.json`, bill)
  write('mprtap-win-x64.cdx.json', makeSbom([{ name, version: nodeVersion, license: 'MIT' }]))
  const dlls = ['x64', 'x86', 'arm64'].map((architecture) => ['dll', architecture, 'mprtap.dll'])
  const sums = [
    ...readdirSync(out)
      .sort()
      .map((file) => `${sha('sha256', join(out, file))}  ${file}`),
    ...dlls.map((path) => `${sha('sha256', inBuild(...path))}  ${path.join('/')}`),
  ]
  writeFileSync(join(out, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  return `${bill.components.length} components, ${sums.length} hashes`
}

const steps = [
  ['the commit is ready', commitIsReady, { isTold: isRehearsal }],
  ...(isTested
    ? [['everything that must hold (.ci/run)', () => run('.ci/run', [], { cwd: root, env: { ...process.env, CI: 'true' } })]]
    : []),
  ['every package of the lock file has its hash', () => node('scripts/complete-lock.mjs', '--check')],
  ['DLLs are reproducible', () => node('scripts/build-dll.mjs', '--verify')],
  ['two packs, one hash', packTwice],
  ['the zip for servers without Node', zipForWindows],
  ['sizes are within budget', isWithinBudget],
  ['strangers can use it', () => node('node_modules/vitest/vitest.mjs', 'run', '--project', 'package')],
  ['bills of materials and hashes', describe],
]

await ensureSetupOrExit({ tiers: ['core', 'native', 'nodes', 'package', 'windows-node'] })
rmSync(out, { recursive: true, force: true })
let told = 0
for (const [name, step, { isTold = false } = {}] of steps) {
  try {
    const said = await step()
    process.stdout.write(`ok      ${name}${said && !said.includes('\n') ? `: ${said}` : ''}\n`)
  } catch (error) {
    process.stdout.write(`FAILED  ${name}\n${error.message}\n`)
    if (!isTold) process.exit(1)
    told++
  }
}
const files = readdirSync(out).join(', ')
process.stdout.write(`\nbuild/release holds mprtap ${version}: ${files}\n`)
if (told > 0) process.stdout.write('This was a rehearsal: what FAILED above has to be in order before it is published.\n')
else process.stdout.write(`To publish it: npm publish build/release/mprtap-${version}.tgz\n`)
