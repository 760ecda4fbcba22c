// Writes format/vectors.json: golden records that the C writer, the WASM reader and the TypeScript writer must agree on.
//   node scripts/generate-vectors.mjs           writes the file
//   node scripts/generate-vectors.mjs --check   fails when the file is not what this script would write
// The bytes come from the TypeScript writer; what a reader must deliver is stated below by hand wherever it is not simply what was put in.
import { readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const path = new URL('../format/vectors.json', import.meta.url)

async function loadWriter() {
  const entry = new URL('../host/testing/vector-record.ts', import.meta.url).pathname
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', platform: 'node' })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

const PRE = 1
const POST = 2

// 2026-01-05T08:00:00.000Z as a FILETIME, and what a reader makes of it.
const WALL_TIME = '134120736000000000'
const TIME = Date.UTC(2026, 0, 5, 8)

const common = {
  operationStatus: 0,
  flags: 0,
  wallTime: WALL_TIME,
  ticks: '123456789012',
  ticksPerSecond: '10000000',
  context: '0',
  processStartTime: '134120735000000000',
  logonId: '4295015822',
  processId: 4711,
  threadId: 4712,
  sessionId: 2,
  resourceType: 0,
  force: false,
  ownerWindow: false,
  pointer32: false,
  impersonated: false,
  remoteName: null,
  localName: null,
  provider: null,
  imageName: 'explorer.exe',
}
const add = { ...common, kind: 'add', notifyStatus: PRE, resourceType: 1 }
const cancel = { ...common, kind: 'cancel', notifyStatus: PRE }

/** name, sequence, input, and by hand: how many units of a name are stored when that is not all of them. */
const list = [
  {
    name: 'add, PRE',
    sequence: '0',
    input: { ...add, flags: 1, ownerWindow: true, remoteName: '\\\\files01\\projects', localName: 'P:' },
  },
  {
    name: 'add, POST, success',
    sequence: '1',
    input: { ...add, notifyStatus: POST, context: '1', remoteName: '\\\\files01\\projects', localName: 'P:' },
  },
  {
    name: 'add, POST, failure (53)',
    sequence: '3',
    input: {
      ...add,
      notifyStatus: POST,
      operationStatus: 53,
      context: '3',
      remoteName: '\\\\gone\\share',
      localName: 'G:',
      imageName: 'net.exe',
    },
  },
  { name: 'cancel, PRE', sequence: '4', input: { ...cancel, flags: 1, remoteName: 'P:' } },
  {
    name: 'cancel, POST, success: the provider that cancelled',
    sequence: '5',
    input: { ...cancel, notifyStatus: POST, context: '5', remoteName: 'P:', provider: 'Microsoft Windows Network' },
  },
  {
    name: 'cancel, POST, failure (2401): no provider',
    sequence: '7',
    input: { ...cancel, notifyStatus: POST, operationStatus: 2401, context: '7', remoteName: '\\\\files01\\projects' },
  },
  { name: 'cancel, PRE, with force', sequence: '8', input: { ...cancel, force: true, remoteName: 'X:', imageName: 'powershell.exe' } },
  { name: 'deviceless: local name NULL', sequence: '9', input: { ...add, remoteName: '\\\\files01\\ipc$', localName: null } },
  { name: 'deviceless: local name empty', sequence: '10', input: { ...add, remoteName: '\\\\files01\\ipc$', localName: '' } },
  { name: 'printer', sequence: '11', input: { ...add, resourceType: 2, remoteName: '\\\\print01\\LaserJet 4', localName: 'LPT1' } },
  {
    name: 'resource type without a name (8)',
    sequence: '12',
    input: { ...add, resourceType: 8, remoteName: '\\\\files01\\x', localName: 'X:' },
  },
  { name: 'one-byte name with é and ÿ', sequence: '13', input: { ...add, remoteName: '\\\\café\\privé ÿ', localName: 'E:' } },
  {
    name: 'Cyrillic and CJK',
    sequence: '14',
    input: { ...add, remoteName: '\\\\сервер\\共有フォルダー', localName: 'C:', imageName: 'программа.exe' },
  },
  { name: 'emoji: a surrogate pair', sequence: '15', input: { ...add, remoteName: '\\\\files01\\party 🎉', localName: 'K:' } },
  {
    name: 'lone surrogates stay as they are',
    sequence: '16',
    input: { ...add, remoteName: '\\\\files01\\\ud83c!\udf89', localName: '\udc00:' },
  },
  {
    name: 'first unit that needs two bytes (U+0100)',
    sequence: '17',
    input: { ...add, remoteName: '\\\\files01\\\u00ff\u0100', localName: 'U:' },
  },
  {
    name: 'control characters and escape sequences',
    sequence: '18',
    input: { ...add, remoteName: '\\\\a\\\u001b[31m\r\n\u0085', localName: '\u0001' },
  },
  {
    name: 'remote name of 260 one-byte units, everything else long: whole',
    sequence: '19',
    input: { ...add, remoteName: `\\\\files01\\${'n'.repeat(250)}`, localName: 'Q:', imageName: `${'i'.repeat(60)}.exe` },
  },
  {
    name: 'one-byte remote name, cut: 24 - 1 - 1 blocks',
    sequence: '20',
    input: { ...add, remoteName: '\\\\'.padEnd(400, '0123456789'), localName: 'Z:', imageName: 'net.exe' },
    stored: { remoteName: 352 },
  },
  {
    name: 'two-byte remote name, cut: 24 - 1 blocks',
    sequence: '21',
    input: { ...add, remoteName: '\\\\'.padEnd(300, 'строка'), imageName: 'powershell.exe' },
    stored: { remoteName: 184 },
  },
  {
    name: 'every string too long: provider keeps 2 blocks, image name 4',
    sequence: '22',
    input: {
      ...cancel,
      notifyStatus: POST,
      context: '22',
      remoteName: '\\\\'.padEnd(500, 'r'),
      provider: 'p'.repeat(100),
      imageName: 'образ'.repeat(16),
    },
    stored: { remoteName: 288, provider: 32, imageName: 32 },
  },
  {
    name: 'local name keeps 1 block beside a remote name that takes all',
    sequence: '23',
    input: { ...add, remoteName: '\\\\'.padEnd(400, 'r'), localName: 'l'.repeat(30), imageName: 'net.exe' },
    stored: { remoteName: 352, localName: 16 },
  },
  { name: 'no string at all', sequence: '24', input: { ...add, imageName: null } },
  {
    name: 'unknown flag bits',
    sequence: '25',
    input: { ...add, flags: 0xff5a0001, remoteName: '\\\\files01\\flags', localName: 'F:' },
  },
  {
    name: 'unknown notify bits beside POST',
    sequence: '26',
    input: { ...add, notifyStatus: 0x80000102, operationStatus: 67, context: '26', remoteName: '\\\\files01\\none', localName: 'N:' },
  },
  {
    name: 'both notify bits: a POST',
    sequence: '27',
    input: { ...add, notifyStatus: PRE | POST, operationStatus: 1223, context: '27', remoteName: '\\\\files01\\both', localName: 'B:' },
  },
  {
    name: 'a thread that impersonates',
    sequence: '29',
    input: { ...add, impersonated: true, remoteName: '\\\\files01\\home', localName: 'H:', imageName: 'svchost.exe' },
  },
  {
    name: '32-bit process: the highest context it can carry',
    sequence: '4294967295',
    input: {
      ...add,
      notifyStatus: POST,
      context: '2147483647',
      pointer32: true,
      remoteName: '\\\\files01\\old',
      localName: 'O:',
      imageName: 'LOGON32.EXE',
    },
  },
  {
    name: 'the context of a PRE that was not written',
    sequence: '28',
    input: { ...add, notifyStatus: POST, context: '18446744073709551615', remoteName: '\\\\files01\\lost', localName: 'L:' },
  },
  {
    name: 'sequence above 2^32',
    sequence: '4294967301',
    input: { ...add, notifyStatus: POST, context: '4294967301', remoteName: '\\\\files01\\projects', localName: 'P:' },
  },
  {
    name: 'sequence just below 2^53, every other 64-bit field with its top bit set',
    sequence: '9007199254740990',
    fileId: 'fedcba9876543210',
    input: {
      ...add,
      notifyStatus: POST,
      context: '9007199254740990',
      ticks: '18446744073709551614',
      ticksPerSecond: '9223372036854775809',
      logonId: '18446744073709551613',
      processId: 0xfffffffc,
      threadId: 0xfffffff8,
      sessionId: 0xffffffff,
      operationStatus: 0xc000006d,
      remoteName: '\\\\files01\\projects',
      localName: 'P:',
    },
  },
]

const RESOURCE_TYPES = { 0: 'any', 1: 'disk', 2: 'print' }

function expectedOf({ input, stored = {} }) {
  const post = (input.notifyStatus & POST) !== 0
  const name = (field) => input[field]?.slice(0, stored[field] ?? input[field].length) ?? null
  const truncated = Object.fromEntries(Object.keys(stored).map((field) => [field, input[field].length]))
  return {
    kind: input.kind,
    phase: post ? 'post' : 'pre',
    status: post ? input.operationStatus : null,
    resourceType: input.kind === 'add' ? (RESOURCE_TYPES[input.resourceType] ?? input.resourceType) : null,
    force: input.kind === 'cancel' ? input.force : null,
    bits: input.pointer32 ? 32 : 64,
    time: TIME,
    remoteName: name('remoteName'),
    localName: name('localName'),
    provider: name('provider'),
    imageName: name('imageName'),
    truncated: Object.keys(stored).length > 0 ? truncated : null,
  }
}

// ── What no writer of ours leaves (RING.md section 3) ────────────────────────────────────────────────────────────────

const PRESENT = 1
const WIDE = 2
const TRUNCATED = 4
const REMOTE = 104
const LOCAL = 110
const STRINGS = 128
/** Sets a string's descriptor; `undefined` leaves a field as it is. */
const describe = (slot, at, { stored, full, traits }) => {
  for (const [i, value] of [stored, full, traits].entries()) if (value !== undefined) slot.setUint16(at + 2 * i, value, true)
}
/** The remote name in two bytes a unit, in the one block that it has. */
const widen = (slot, name) => {
  describe(slot, REMOTE, { traits: PRESENT | WIDE })
  for (const [i, unit] of [...name].entries()) slot.setUint16(STRINGS + 2 * i, unit.charCodeAt(0), true)
}
const plain = { fileId: '0123456789abcdef', sequence: '0', input: { ...add, remoteName: '\\\\a\\b', localName: 'Q:' } }
const noLocal = { ...plain, input: { ...plain.input, localName: null } }
const read = { remoteName: '\\\\a\\b', localName: 'Q:', truncated: null }

/** name, the record that is changed, what is changed in its slot, and what a reader delivers; nothing: it is corrupt. */
const changed = [
  ['stored units without STRING_PRESENT: the string is there', plain, (slot) => describe(slot, REMOTE, { traits: 0 }), read],
  [
    'no unit and a full length, without STRING_PRESENT: absent',
    noLocal,
    (slot) => describe(slot, LOCAL, { full: 3 }),
    { ...read, localName: null },
  ],
  [
    'no unit and a full length, with it: empty',
    noLocal,
    (slot) => describe(slot, LOCAL, { full: 3, traits: PRESENT }),
    { ...read, localName: '' },
  ],
  ['stored below full without STRING_TRUNCATED: not cut', plain, (slot) => describe(slot, REMOTE, { full: 9 }), read],
  [
    'STRING_TRUNCATED with equal lengths: cut',
    plain,
    (slot) => describe(slot, REMOTE, { traits: PRESENT | TRUNCATED }),
    { ...read, truncated: { remoteName: 5 } },
  ],
  ['a NUL among the units: a unit like any other', plain, (slot) => slot.setUint8(STRINGS + 2, 0), { ...read, remoteName: '\\\\\0\\b' }],
  ['padding that is not zero: no part of the string', plain, (slot) => slot.setUint8(STRINGS + 15, 0xaa), read],
  ['a wide form that no unit needs: the same string', plain, (slot) => widen(slot, '\\\\a\\b'), read],
  [
    'a device name in such a form: a device',
    { ...plain, input: { ...cancel, remoteName: 'Q:', localName: null } },
    (slot) => widen(slot, 'Q:'),
    { remoteName: null, localName: 'Q:', truncated: null },
  ],
  ['unknown bits of traits', plain, (slot) => describe(slot, REMOTE, { traits: 0xfff0 | PRESENT }), read],
  ['unknown record flags', plain, (slot) => slot.setUint32(96, 0xfffffff0, true), read],
  ['the reserved word', plain, (slot) => slot.setUint32(100, 0xffffffff, true), read],
  ['a later minor version', plain, (slot) => slot.setUint8(19, 9), read],
  ['a kind outside the two (0)', plain, (slot) => slot.setUint8(18, 0)],
  ['a kind outside the two (3)', plain, (slot) => slot.setUint8(18, 3)],
  ['neither notify bit', plain, (slot) => slot.setUint32(20, 0xfffffffc, true)],
  ['stored above full', plain, (slot) => describe(slot, REMOTE, { full: 4 })],
  ['a used length below the sum of the blocks', plain, (slot) => slot.setUint16(16, 160, true)],
  ['a used length above it', plain, (slot) => slot.setUint16(16, 192, true)],
  ['more units than a slot holds', plain, (slot) => describe(slot, REMOTE, { stored: 0xffff, full: 0xffff })],
]

const { vectorBytes, changedVectorBytes } = await loadWriter()
const readings = changed.map(([name, { fileId, sequence, ...rest }, change, expected = null]) => {
  const slot = Buffer.from(changedVectorBytes({ fileId, sequence, ...rest }, change)).toString('hex')
  return { name, fileId, sequence, slot, expected }
})
const vectors = list.map((vector) => {
  const { name, sequence, input, fileId = '0123456789abcdef' } = vector
  const slot = Buffer.from(vectorBytes({ fileId, sequence, input })).toString('hex')
  return { name, fileId, sequence, input, slot, expected: expectedOf(vector) }
})
// Plain ASCII, so that the simplest parser in C can read it.
const ascii = (text) => text.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const text = ascii(`${JSON.stringify({ vectors, readings }, null, 2)}\n`)

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('format/vectors.json is out of date: run node scripts/generate-vectors.mjs and look at the difference')
    process.exit(1)
  }
  console.log(`format/vectors.json is up to date: ${vectors.length} vectors, ${readings.length} readings`)
} else {
  writeFileSync(path, text)
  console.log(`wrote ${vectors.length} vectors and ${readings.length} readings to format/vectors.json`)
}
