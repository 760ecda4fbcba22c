// What the tests of the DLL under Wine share: one architecture's Wine and programs, the directories, the ring as Linux sees it, the totals.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { toWindowsPath, wine64, wineAt } from '../../scripts/lib/wine.mjs'
import { wine32 } from '../../scripts/lib/wine32.mjs'

/** A value from the command line. */
export const option = (name, usual) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual)
export const architecture = process.argv.includes('--x86') ? 'x86' : 'x64'
const otherPrefix = process.env.MPRTAP_WINEPREFIX
export const wine = architecture === 'x86' ? wine32 : otherPrefix ? wineAt({ prefix: otherPrefix, kind: 'win64' }) : wine64
export const directory = wine.mprtapDirectory
export const rings = wine.ringDirectory
const out = inBuild('tests/dll')
export const drive = join(out, architecture, 'drive.exe')
const unkind = join(out, architecture, 'unkind.exe')
const verifier = join(out, 'verify')
export const dll = toWindowsPath(join(resolve(option('--dll', inBuild('dll'))), architecture, 'mprtap.dll'))
const bail = process.argv.includes('--bail')
export const totals = { passed: 0, failed: 0 }

function report(ok, sentence) {
  totals[ok ? 'passed' : 'failed']++
  console.log(`${ok ? 'ok' : 'not ok'} ${architecture}: ${sentence}`)
  if (!ok && bail) throw new Error('the first failure is enough')
}

/** Facts that have to be as wanted. */
export function expect(sentence, facts, wanted) {
  const wrong = Object.keys(wanted).filter((key) => facts[key] !== wanted[key])
  if (wrong.length > 0) console.log(`  ${wrong.map((key) => `${key} is ${facts[key]}, not ${wanted[key]}`).join('; ')}`)
  report(wrong.length === 0, sentence)
}

/** Builds what the tests run. */
export async function build() {
  for (const program of [drive, unkind]) {
    const source = `tests/dll/${basename(program, '.exe')}.c`
    await link(architecture, program, await compile(architecture, [source, 'tests/mpr/start.c'], join(out, architecture)), ['advapi32'])
  }
  const core = ['checksum', 'policy', 'record', 'ring', 'sid'].map((name) => inRoot(`dll/${name}.c`))
  const args = ['-std=gnu11', '-O2', `-I${inRoot('dll')}`, ...core, inRoot('tests/dll/verify.c'), '-o', verifier]
  const { status, stderr } = spawnSync('clang', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`clang failed: ${stderr}`)
}

/** Fresh, empty directories; what is in them is the test's business. */
export function fresh() {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(rings, { recursive: true })
  mkdirSync(join(directory, 'users'))
}

/** Runs the driver, repeats its checks, and returns what it said. */
export const run = (...args) => runIn(wine, ...args)

/** The same with the program that makes Windows unkind. */
export const runUnkind = (...args) => runProgram(wine, unkind, ...args)

/** The same in another Wine. */
export const runIn = (where, ...args) => runProgram(where, drive, ...args)

async function runProgram(where, program, ...args) {
  const once = () => where.run(program, [dll, ...args], { timeoutMs: 600_000 })
  let { code, stdout, stderr } = await once()
  // Each program says something. Seldom, on a busy machine, Wine ends with 1 before it has started any.
  if (code === 1 && stdout === '') {
    console.log(`  Wine did not start it, and is asked once more: ${stderr.trim()}`)
    ;({ code, stdout, stderr } = await once())
  }
  for (const [, ok, sentence] of stdout.matchAll(/^(ok|not ok) (.*?)\r?$/gm)) report(ok === 'ok', `${args.join(' ')}: ${sentence}`)
  if (code !== 0) report(false, `${args.join(' ')}: ends by itself (exit code ${code}${stderr && `, ${stderr.trim()}`})`)
  return { stdout, written: stdout.includes('context written') }
}

export const ringFiles = () => (statSync(rings, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(rings).sort() : [])
export const theRing = () =>
  join(
    rings,
    ringFiles().find((name) => name.endsWith('.v1.ring')),
  )
/** Nothing is known of a ring that is not yet initialised. */
export const verify = (ring = theRing()) => JSON.parse(spawnSync(verifier, [ring], { encoding: 'utf8' }).stdout || '{}')

/** Every record in the ring, oldest first. */
export function records() {
  const { stdout } = spawnSync(verifier, [theRing(), '--records'], { encoding: 'utf8', maxBuffer: 1 << 24 })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The same, saying nothing: whether all was well, and whether there is a record. */
export async function runQuietly(...args) {
  const { code, stdout } = await wine.run(drive, [dll, ...args])
  return { said: { ok: code === 0 && !stdout.includes('not ok'), written: stdout.includes('context written') } }
}

/** Writes the administrators' control file. */
export function controlFile({ magic = 'MPRC', version = 1, off = 0, log2 = 0 }) {
  const bytes = Buffer.alloc(64)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt32LE(version, 4)
  bytes.writeUInt32LE(off, 8)
  bytes.writeUInt32LE(log2, 12)
  writeFileSync(join(directory, 'control'), bytes)
}
