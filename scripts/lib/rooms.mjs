// The rooms of the house: what each holds, what it may import, and what always holds in it. `npm run check` compares the imports with this
// table, and docs/architecture.md is written from it: node scripts/check-imports.mjs --write

/**
 * @typedef {object} Room
 * @property {string} name a folder, or one file, below the root
 * @property {string} what
 * @property {readonly string[] | 'everything'} mayImport other rooms; every room may import itself
 * @property {string[]} [mayNotImport] exceptions from `everything`
 * @property {string} invariant
 */

/** What every room of host/ may import: the layout of a ring, which is constants only. */
const always = ['format']

/** @type {Room[]} the first room whose name begins a file's path holds that file */
export const rooms = [
  {
    name: 'format',
    what: "the ring's layout, its normative text, golden records, policy tables",
    mayImport: [],
    invariant: 'Every layout constant is written here, and only here.',
  },
  {
    name: 'dll',
    what: 'the notifyee and the writer of rings, in C',
    mayImport: [],
    invariant: 'Imports KERNEL32 and ADVAPI32 only, waits for nobody, never fails its caller.',
  },
  {
    name: 'assembly/abi.ts',
    what: 'what the core and the host agree on: constants',
    mayImport: ['format'],
    invariant: 'Constants only; it compiles as AssemblyScript and as TypeScript.',
  },
  {
    name: 'assembly',
    what: 'the core: verify, account, intern, pair, filter, count, columns (AssemblyScript)',
    mayImport: ['assembly/abi.ts', 'format'],
    invariant: 'Never allocates, imports nothing from the host, does bounded work in a turn.',
  },
  {
    name: 'host/model',
    what: 'events, errors, outcomes, names of statuses, the interfaces Source, Clock, Sink, Checkpoint',
    mayImport: [],
    invariant: 'Has no state and does no input or output.',
  },
  {
    name: 'host/text',
    what: 'escaping for terminals, JSON, HTML and CSV; fitting into a width',
    mayImport: ['host/model'],
    invariant: 'Turns values into text; never writes it anywhere.',
  },
  {
    name: 'host/system/clock.ts',
    what: 'the real clock',
    mayImport: ['host/model'],
    invariant: 'Nothing else asks the system for a time or a timer.',
  },
  {
    name: 'host/system/open-for-reading.ts',
    what: 'the opening of files at rest',
    mayImport: ['host/system', 'host/model'],
    invariant: 'Waits for nobody; native code is used on Windows only, and only where there is some.',
  },
  {
    name: 'host/system/make-folder.ts',
    what: 'the making of folders',
    mayImport: [],
    invariant: 'Comes to an end on every file system.',
  },
  {
    name: 'host/system',
    what: 'the operating system: files, mappings, locks, processes, accounts, registry',
    mayImport: ['host/system/clock.ts', 'host/system/make-folder.ts', 'host/model'],
    invariant: 'Gives facts and judges nothing. The only room that imports koffi.',
  },
  {
    name: 'host/core',
    what: "the core's façade: bytes in, columns out",
    mayImport: ['assembly/abi.ts', 'host/model', 'build/core-wasm.mjs'],
    invariant: 'Nobody else touches the exports of the WebAssembly module.',
  },
  {
    name: 'host/filter',
    what: 'the filter language, the builder, the compiler to programs for the core',
    mayImport: ['assembly/abi.ts', 'host/model'],
    invariant: 'Knows no records: it makes programs, the core runs them.',
  },
  {
    name: 'host/rings',
    what: 'where rings are, whose they are, the control file; a ring as a source',
    mayImport: ['host/system', 'host/model'],
    invariant: 'Knows files and their owners; never interprets a slot.',
  },
  {
    name: 'host/captures',
    what: 'pcapng in and out; a capture as a source',
    mayImport: ['host/system/open-for-reading.ts', 'host/model'],
    invariant: 'One bounded parser for foreign bytes; needs no native code.',
  },
  {
    name: 'host/streams',
    what: 'NATS in and out; a stream as a source',
    mayImport: ['host/captures', 'host/system/open-for-reading.ts', 'host/model'],
    invariant: 'A message is a capture; nothing else is parsed.',
  },
  {
    name: 'host/reading',
    what: 'sources read in turns: reader, account, pace, merge by time',
    mayImport: ['assembly/abi.ts', 'host/core', 'host/model'],
    invariant: 'Never opens a file: it reads sources.',
  },
  {
    name: 'host/consumers',
    what: 'named consumers: checkpoint, acknowledgement, checkpoint file, prune',
    mayImport: ['host/reading', 'host/rings', 'host/system', 'host/model'],
    invariant: 'A position is saved only after what is before it was acknowledged.',
  },
  {
    name: 'host/events',
    what: 'batches, columns, row cursor, plain objects',
    mayImport: ['assembly/abi.ts', 'host/core', 'host/model'],
    invariant: 'Knows nothing of rings: it shows what the core has made.',
  },
  {
    name: 'host/redaction',
    what: 'names to keyed pseudonyms, records laid out anew',
    mayImport: ['host/filter', 'host/system/open-for-reading.ts', 'host/model'],
    invariant: 'No name leaves it as it came.',
  },
  {
    name: 'host/analysis',
    what: 'logons, histories, baselines, merged statistics',
    mayImport: ['host/events', 'host/model'],
    invariant: 'Reads events only; never a source.',
  },
  {
    name: 'host/sinks',
    what: 'where batches go: ndjson, capture, Prometheus, OTLP, NATS',
    mayImport: ['host/captures', 'host/streams', 'host/analysis', 'host/events', 'host/text', 'host/model'],
    invariant: 'Accepts batches and acknowledges them later; carries every loss along.',
  },
  {
    name: 'host/report',
    what: 'reports as text, CSV and HTML',
    mayImport: ['host/analysis', 'host/events', 'host/text', 'host/model'],
    invariant: 'Every name is escaped for the form that it is written in.',
  },
  {
    name: 'host/serve',
    what: 'the live page and metrics; serve/web is code for browsers',
    mayImport: ['host/sinks', 'host/analysis', 'host/events', 'host/filter', 'host/text', 'host/model'],
    invariant: 'Changes nothing on the machine.',
  },
  {
    name: 'host/windows',
    what: 'install, status, control, doctor, notifyees, snapshot',
    mayImport: ['host/rings', 'host/reading', 'host/events', 'host/system', 'host/text', 'host/model'],
    invariant: 'The only room that changes settings of Windows.',
  },
  {
    name: 'host/tap',
    what: 'openTap and what it returns',
    mayImport: 'everything',
    mayNotImport: [
      'host/index.ts',
      'host/recording',
      'host/forwarding',
      'host/cli',
      'host/serve',
      'host/report',
      'host/windows',
      'host/testing',
      'tests',
      'bench',
      'scripts',
    ],
    invariant: 'Puts rooms together; decides nothing that a room can decide.',
  },
  {
    name: 'host/recording',
    what: 'records of sources into captures',
    mayImport: [
      'assembly/abi.ts',
      'host/core',
      'host/model',
      'host/filter',
      'host/system',
      'host/captures',
      'host/reading',
      'host/redaction',
      'host/tap',
    ],
    invariant: 'A record is acknowledged only after it was synced to the disk.',
  },
  {
    name: 'host/forwarding',
    what: 'records and events of sources into sinks of a farm',
    mayImport: [
      'host/redaction',
      'assembly/abi.ts',
      'host/core',
      'host/model',
      'host/system',
      'host/captures',
      'host/streams',
      'host/reading',
      'host/consumers',
      'host/analysis',
      'host/sinks',
      'host/recording',
      'host/tap',
    ],
    invariant: 'A record is acknowledged only after the receiver has it, or the spool was synced.',
  },
  {
    name: 'host/index.ts',
    what: "the package's face",
    mayImport: ['host/tap', 'host/model', 'host/filter', 'host/text', 'host/consumers', 'host/events', 'host/windows'],
    invariant: 'Exports only; docs/api/mprtap.api.md lists every name.',
  },
  {
    name: 'host/testing',
    what: 'writers and generators for tests and benchmarks',
    mayImport: ['host/model', 'host/events', 'host/system/clock.ts', 'host/system/make-folder.ts'],
    invariant: 'Needs neither Windows nor native code.',
  },
  {
    name: 'host/cli',
    what: 'the command: commands/ (one verb a file), output/',
    mayImport: 'everything',
    mayNotImport: ['tests', 'bench', 'scripts'],
    invariant: 'Nothing imports it.',
  },
  {
    name: 'bench',
    what: 'speed, as ratios measured in one run',
    mayImport: 'everything',
    mayNotImport: ['host/cli', 'tests'],
    invariant: 'Every public figure has the command here that produced it.',
  },
  {
    name: 'scripts',
    what: 'set-up, builds, tiers, checks, release',
    mayImport: [],
    invariant: "What setup.mjs imports needs nothing but Node's own modules.",
  },
  { name: 'tests', what: 'one file a behaviour', mayImport: 'everything', mayNotImport: ['bench'], invariant: 'Nothing imports it.' },
]

/** Modules outside the repository that one room alone may import. */
export const packagesOfOneRoom = { koffi: 'host/system' }

/** The one file below host/ that may ask what time it is or wait. What only the terminal needs (host/cli), or a browser (host/serve/web), is its own affair. */
export const clock = {
  file: 'host/system/clock.ts',
  uses: /\b(?:performance\.now|Date\.now|setTimeout|setInterval)\b|\bnew Date\(\)|node:timers/,
  free: ['host/cli'],
}

/**
 * Imports that are still against the table. The check fails when one of these is no longer needed, so that the list can only shrink.
 * "room -> room", "room -> package", "circle in room", or "room uses the time".
 */
export const exceptions = []

export function roomOf(path) {
  return rooms.find(({ name }) => path === name || path.startsWith(`${name}/`))?.name
}

/** Whether files of one room may import files of another. */
export function mayImport(from, to) {
  const { mayImport: allowed, mayNotImport = [] } = rooms.find(({ name }) => name === from)
  if (from === to || (from.startsWith('host/') && always.includes(to))) return true
  // A room that is one file belongs to the room of its folder as well.
  return allowed === 'everything' ? !mayNotImport.includes(to) : allowed.some((name) => to === name || to.startsWith(`${name}/`))
}
