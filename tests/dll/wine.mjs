// The real DLL under Wine, called as MPR calls it and as nobody should, with its files in every state they can be found in.
// Each ring is then read from Linux. Prints one line a test and a last line with the totals.
//   --x86       the 32-bit DLL, in the 32-bit tier's Wine
//   --calls N   rounds of hostile calls (default 20,000)
//   --cycles N  times that one process loads the DLL, records and unloads it (default 500)
// MPRTAP_WINEPREFIX names another 64-bit Wine prefix than the tests' own.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { alone } from '../../scripts/lib/lock.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { toWindowsPath, wine64, wineAt } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'
import { ensureWine32, wine32 } from '../../scripts/lib/wine32.mjs'

const option = (name, usual) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual)
const calls = option('--calls', '20000')
const cycles = option('--cycles', '500')
const architecture = process.argv.includes('--x86') ? 'x86' : 'x64'
const otherPrefix = process.env.MPRTAP_WINEPREFIX
const wine = architecture === 'x86' ? wine32 : otherPrefix ? wineAt({ prefix: otherPrefix, kind: 'win64' }) : wine64
const directory = wine.mprtapDirectory
const rings = wine.ringDirectory
const pointer32 = architecture === 'x86' ? 4 : 0 // RECORD_FLAG_POINTER32
const out = inBuild('tests/dll')
const drive = join(out, architecture, 'drive.exe')
const verifier = join(out, 'verify')
const dll = toWindowsPath(inBuild('dll', architecture, 'mprtap.dll'))
const totals = { passed: 0, failed: 0 }

function report(ok, sentence) {
  totals[ok ? 'passed' : 'failed']++
  console.log(`${ok ? 'ok' : 'not ok'} ${architecture}: ${sentence}`)
}

function expect(sentence, facts, wanted) {
  const wrong = Object.keys(wanted).filter((key) => facts[key] !== wanted[key])
  if (wrong.length > 0) console.log(`  ${wrong.map((key) => `${key} is ${facts[key]}, not ${wanted[key]}`).join('; ')}`)
  report(wrong.length === 0, sentence)
}

async function build() {
  const objects = await compile(architecture, ['tests/dll/drive.c', 'tests/mpr/start.c'], join(out, architecture))
  await link(architecture, drive, objects, ['advapi32'])
  const core = ['checksum', 'policy', 'record', 'ring', 'sid'].map((name) => inRoot(`dll/${name}.c`))
  const args = ['-std=gnu11', '-O2', `-I${inRoot('dll')}`, ...core, inRoot('tests/dll/verify.c'), '-o', verifier]
  const { status, stderr } = spawnSync('clang', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`clang failed: ${stderr}`)
}

/** Fresh, empty directories; what is in them is the test's business. */
function fresh() {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(rings, { recursive: true })
  mkdirSync(join(directory, 'users'))
}

/** Runs the driver, repeats its checks, and returns what it said. */
async function run(...args) {
  const { code, stdout } = await wine.run(drive, [dll, ...args], { timeoutMs: 600_000 })
  for (const [, ok, sentence] of stdout.matchAll(/^(ok|not ok) (.*?)\r?$/gm)) report(ok === 'ok', `${args.join(' ')}: ${sentence}`)
  if (code !== 0) report(false, `${args.join(' ')}: ends by itself (exit code ${code})`)
  return { stdout, written: stdout.includes('context written') }
}

const ringFiles = () => (statSync(rings, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(rings).sort() : [])
const theRing = () =>
  join(
    rings,
    ringFiles().find((name) => name.endsWith('.v1.ring')),
  )
/** Nothing is known of a ring that is not yet initialised. */
const verify = (ring = theRing()) => JSON.parse(spawnSync(verifier, [ring], { encoding: 'utf8' }).stdout || '{}')

function records() {
  const { stdout } = spawnSync(verifier, [theRing(), '--records'], { encoding: 'utf8', maxBuffer: 1 << 24 })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function documentedCalls() {
  fresh()
  await run('smoke')
  const [pre, post, cancelPre, cancelFailed, cancelled, broken, both] = records()
  const remote = '\\\\s\u0434\\\ud800'
  const shared = { kind: 1, remoteName: remote, localName: 'Q:', flags: 1, resourceType: 1, imageName: 'drive.exe', provider: undefined }
  expect('an add PRE is recorded as it was passed', pre, { ...shared, notifyStatus: 1, context: '0' })
  expect('its POST carries the status and the context', post, { ...shared, notifyStatus: 2, operationStatus: 53, context: '1' })
  expect('a cancel PRE is recorded with its force', cancelPre, {
    kind: 2,
    remoteName: 'Q:',
    recordFlags: 1 | pointer32,
    provider: undefined,
  })
  expect('a failed cancel has no provider', cancelFailed, { operationStatus: 2401, provider: undefined, context: '3' })
  expect('a successful cancel has one', cancelled, { operationStatus: 0, provider: 'Test Network', recordFlags: pointer32 })
  const readable = { remoteName: 'eeeee', localName: '', unreadable: 3 }
  expect('of names that run into unmapped memory, what came before it is recorded', broken, readable)
  expect('unknown notify bits are kept', both, { notifyStatus: 0x43, context: '4d' })
  const sid = theRing().match(/S-1-[\d-]+/)[0]
  expect(
    'the ring has its default size and its name',
    { size: statSync(theRing()).size, sid: sid.startsWith('S-1-5-21-') },
    { size: 528384, sid: true },
  )
}

async function concurrency() {
  fresh()
  await run('threads', '16', '500')
  expect('16 threads x 500 operations: the last lap is whole', verify(), {
    head: 16000,
    committed: 1024,
    corrupt: 0,
    repeated: 0,
    foreign: 0,
  })
  fresh()
  await Promise.all([0, 1, 2].map((id) => run('pairs', '5000', String(id))))
  expect('3 processes x 5,000 operations: the last lap is whole', verify(), {
    head: 30000,
    committed: 1024,
    corrupt: 0,
    repeated: 0,
    foreign: 0,
  })
}

/** Whatever stands where the ring should be, the caller sees success; `written` says whether there is a record all the same. */
async function brokenFiles() {
  fresh()
  await run('once')
  const name = ringFiles()[0]
  const ring = join(rings, name)
  const instead = (make) => {
    rmSync(rings, { recursive: true })
    make()
  }
  const cases = [
    ['no directory at all', () => rmSync(directory, { recursive: true }), false],
    ['no directory for rings', () => instead(() => {}), false],
    ['a file where the directory should be', () => instead(() => writeFileSync(rings, '')), false],
    ['a directory that nothing can be made in', () => instead(() => symlinkSync('/sys/kernel', rings)), false],
    ['an empty file', () => writeFileSync(ring, ''), true],
    ['a ring of zeros', () => writeFileSync(ring, Buffer.alloc(4096 + 512 * 16)), true],
    ['garbage', () => writeFileSync(ring, Buffer.alloc(528384, 0xa5)), true],
    ['a header without slots', () => writeFileSync(ring, Buffer.alloc(4096)), true],
    ['a ring that somebody cut short', () => truncateSync(ring, 5000), true],
    ['a directory in its place', () => instead(() => mkdirSync(ring, { recursive: true })), true],
    ['a second name for the file', () => linkSync(ring, join(rings, 'another')), true],
  ]
  for (const [what, arrange, written] of cases) {
    fresh()
    await runQuietly('once')
    arrange()
    const { said } = await runQuietly('once')
    expect(`${what}: the caller sees success, ${written ? 'and the record is written' : 'nothing is written'}`, said, { ok: true, written })
  }
  expect('a foreign name makes the DLL take the next one', { next: existsSync(ring.replace('.v1.ring', '.v1.1.ring')) }, { next: true })

  fresh()
  await runQuietly('once')
  writeFileSync(ring, Buffer.alloc(528384, 0xa5))
  await runQuietly('once')
  expect('a bad ring is put aside, not lost', { files: ringFiles().join() }, { files: `${name},${name}.bad` })
  fresh()
  const locked = await run('locked', `C:\\ProgramData\\mprtap\\administrators\\${name}`)
  expect('a locked ring is left alone', locked, { written: false })
}

async function runQuietly(...args) {
  const { code, stdout } = await wine.run(drive, [dll, ...args])
  return { said: { ok: code === 0 && !stdout.includes('not ok'), written: stdout.includes('context written') } }
}

/** The ring loses its end while a process writes into it. */
async function truncatedUnderAWriter() {
  fresh()
  const writing = run('pairs', '60000', '1')
  while (ringFiles().length === 0 || !(verify().head >= 1000)) await new Promise((resolve) => setTimeout(resolve, 20))
  truncateSync(theRing(), 0)
  await writing
}

/** The registry names the directory; only a plain path on a drive is taken. */
async function chosenDirectory() {
  const here = 'C:\\ProgramData\\mprtap'
  fresh()
  cpSync(directory, `${directory}-elsewhere`, { recursive: true })
  const elsewhere = await run('directory', `${here}-elsewhere\\`)
  expect('the directory in the registry is used', { ...elsewhere, files: ringFiles().length }, { written: true, files: 0 })
  rmSync(`${directory}-elsewhere`, { recursive: true })
  for (const path of [`\\\\?\\${here}`, '\\\\server\\share', 'mprtap', 'C:mprtap', '']) {
    const { written } = await run('directory', path)
    expect(`"${path}" is no directory to record into`, { written, files: ringFiles().length }, { written: false, files: 0 })
  }
}

function controlFile({ magic = 'MPRC', version = 1, off = 0, log2 = 0 }) {
  const bytes = Buffer.alloc(64)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt32LE(version, 4)
  bytes.writeUInt32LE(off, 8)
  bytes.writeUInt32LE(log2, 12)
  writeFileSync(join(directory, 'control'), bytes)
}

async function control() {
  fresh()
  controlFile({ off: 1 })
  const off = await runQuietly('once')
  expect(
    'switched off in the control file: nothing is made',
    { ...off.said, files: ringFiles().length },
    { ok: true, written: false, files: 0 },
  )
  fresh()
  controlFile({ log2: 5 })
  await runQuietly('once')
  expect('the control file sets the geometry of new rings', verify(), { slots: 32 })
  fresh()
  controlFile({ off: 1, magic: 'nope' })
  expect('a control file of another kind is not obeyed', (await runQuietly('once')).said, { ok: true, written: true })
}

/**
 * What Wine's server is asked by the driver's thread, in order: there, that is what a system call is on Windows. The server writes it to the
 * standard error of the program that starts it, so it must not be running; and its first client is that program.
 */
async function serverRequests(...args) {
  wine.stop()
  const { stderr } = await wine.run(drive, [dll, ...args], { env: { WINEDEBUG: '+server' }, timeoutMs: 120_000 })
  wine.stop()
  wine.keepWarm()
  const thread = /^([0-9a-f]+): init_first_thread\(/m.exec(stderr)?.[1]
  return [...stderr.matchAll(/^([0-9a-f]+): (\w+)\( /gm)].filter(([, by]) => by === thread).map(([, , name]) => name)
}

async function systemCalls() {
  fresh()
  controlFile({})
  const notifications = 1000
  const requests = await serverRequests('pairs', String(notifications / 2), '1')
  let [run, longest] = [0, 0]
  for (const name of requests) {
    run = name === 'open_token' ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  const sentence = "each notification after the first asks for the thread's token, once, and makes no other system call"
  expect(sentence, { inARow: longest }, { inARow: notifications - 1 })
}

/** One process loads the DLL, records an operation and unloads it, many times over, into a ring that has room for all of it. */
async function loadedAgainAndAgain() {
  fresh()
  const written = 2 * Number(cycles)
  controlFile({ log2: Math.ceil(Math.log2(written)) })
  const { stdout } = await run('unload', cycles)
  console.log(`  ${stdout.trimEnd().split('\n').at(-1)}`)
  const all = { head: written, committed: written, holes: 0, corrupt: 0, repeated: 0, foreign: 0, gaveUp: 0, faults: 0 }
  expect(`${cycles} times loaded and unloaded: every record is there, once`, verify(), all)
}

async function runAll() {
  await documentedCalls()
  await concurrency()
  await brokenFiles()
  await truncatedUnderAWriter()
  await control()
  await systemCalls()
  await chosenDirectory()
  fresh()
  await run('hostile', calls)
  await run('cramped')
  await loadedAgainAndAgain()
}

await build()
await alone('wine', async () => {
  await (architecture === 'x86' ? ensureWine32() : otherPrefix ? undefined : ensureWinePrefix())
  wine.keepWarm()
  try {
    await runAll()
    fresh()
  } finally {
    wine.stop()
  }
})
console.log(`DLL under Wine (${architecture}): ${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)
