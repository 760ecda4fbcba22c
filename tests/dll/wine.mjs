// The real DLL under Wine, called as MPR calls it and as nobody should, with its files in every state they can be found in.
// Each ring is then read from Linux. Prints one line a test and a last line with the totals.
//   --x86       the 32-bit DLL, in the 32-bit tier's Wine
//   --calls N   rounds of hostile calls (default 20,000)
//   --cycles N  times that one process loads the DLL, records and unloads it (default 500)
//   --dll DIR   another build of the DLL than build/dll
//   --part NAME one part only, by its function's name
//   --bail      ends at the first failure
// MPRTAP_WINEPREFIX names another 64-bit Wine prefix than the tests' own.
import { cpSync, existsSync, linkSync, mkdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from '../../scripts/lib/lock.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'
import { ensureWine32 } from '../../scripts/lib/wine32.mjs'
import {
  architecture,
  build,
  controlFile,
  directory,
  expect,
  fresh,
  option,
  records,
  ringFiles,
  rings,
  run,
  runQuietly,
  theRing,
  totals,
  verify,
  wine,
} from './wine-bed.mjs'
import { control } from './wine-control.mjs'
import { fullDisk } from './wine-full-disk.mjs'
import { systemCalls } from './wine-system-calls.mjs'
import { unkindWindows } from './wine-unkind.mjs'

const calls = option('--calls', '20000')
const cycles = option('--cycles', '500')
const pointer32 = architecture === 'x86' ? 4 : 0 // RECORD_FLAG_POINTER32

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
  const files = `${name.replace('.v1.', '.v1.1.')},${name}`
  expect(
    'a ring that somebody keeps for himself is left alone, and the next name taken',
    { ...locked, files: ringFiles().join() },
    { written: true, files },
  )
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
  for (const path of [
    `\\\\?\\${here}`,
    '\\\\server\\share',
    'mprtap',
    'C:mprtap',
    '',
    `${here}-${'e'.repeat(200)}`,
    '%ProgramData%\\mprtap',
  ]) {
    const { written } = await run('directory', path)
    expect(`"${path.slice(0, 40)}" is no directory to record into`, { written, files: ringFiles().length }, { written: false, files: 0 })
  }
}

/** The registry names the directory in a way that is not meant. Nothing is recorded then, not even in the usual directory. */
async function unusableSetting() {
  for (const [what, type] of [
    ['text in which the environment has a say', 'REG_EXPAND_SZ'],
    ['several texts', 'REG_MULTI_SZ'],
    ['bytes', 'REG_BINARY'],
  ]) {
    fresh()
    const { written } = await run('setting', type)
    expect(`${what} (${type}) is no directory to record into`, { written, files: ringFiles().length }, { written: false, files: 0 })
  }
  fresh()
  const ended = await run('setting', 'NUL')
  expect('a setting ends at its first NUL', { ...ended, files: ringFiles().length }, { written: true, files: 1 })
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

async function hostileCalls() {
  fresh()
  await run('hostile', calls)
  await run('cramped')
}

const parts = {
  documentedCalls,
  concurrency,
  brokenFiles,
  truncatedUnderAWriter,
  control,
  fullDisk,
  systemCalls,
  chosenDirectory,
  unusableSetting,
  hostileCalls,
  unkindWindows,
  loadedAgainAndAgain,
}

async function runAll() {
  const wanted = option('--part')
  for (const [name, part] of Object.entries(parts)) if (wanted === undefined || wanted === name) await part()
}

await build()
await alone('wine', async () => {
  await (architecture === 'x86' ? ensureWine32() : process.env.MPRTAP_WINEPREFIX ? undefined : ensureWinePrefix())
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
