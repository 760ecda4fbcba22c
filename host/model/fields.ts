// The field table: what the core hands over in columns, and what events have. Everything else that knows fields is generated from it by
// scripts/generate.mjs (docs/architecture.md, "A new field") or reads it.

export type FieldType =
  | 'string'
  | 'number'
  | 'boolean'
  /** Epoch ms. */
  | 'time'
  /** ms. */
  | 'duration'
  | 'hexadecimal'
  /** Bits with CONNECT_* names. */
  | 'flags'
  /** Bits without names. */
  | 'bits'
  /** The Win32 name of a status. */
  | 'statusName'
  /** A member of its own shape, described in events.ts. */
  | 'object'
  /** One of these names. */
  | readonly string[]

/** What a tap delivers. */
export type Level = 'operation' | 'notification'

/** A column of a batch: where the core takes it from. */
export interface Column {
  readonly width: 'f64' | 'u32' | 'u8'
  /** RECORD_* of format/layout.ts, or ROW_* of assembly/row.ts for what the core finds out; perhaps with an offset. */
  readonly from: string
  /** How it is stored when not as it is: functions of assembly/columns.ts. */
  readonly as?: 'string' | 'sequence' | 'wholeMs' | 'ticks' | 'completes' | 'epochMs'
  /** Its name in `batch.columns`; without one it is only for events. */
  readonly name?: string
  readonly doc?: string
  /** Whether a filter can test it as a number. */
  readonly filtered?: false
}

export interface Field {
  readonly type: FieldType
  /** Which events have it; both when left out. */
  readonly level?: Level
  /** The column that it is, for fields that are one; `<name>_LOW` and `<name>_HIGH` for hexadecimal ones. Others have a rule in scripts/lib/field-rules.mjs. */
  readonly column?: string
  /** A filter cannot ask for it. */
  readonly asked?: false
  /** A sentence for the documents. */
  readonly doc: string
}

/** In the order in which the core stores them, the widest first. */
export const COLUMNS = {
  SEQUENCE: { width: 'f64', from: 'ROW_SEQUENCE', as: 'sequence', name: 'sequence' },
  TIME: { width: 'f64', from: 'RECORD_WALL_TIME', as: 'wholeMs', name: 'time', doc: 'Epoch ms, whole.' },
  DURATION: { width: 'f64', from: 'ROW_DURATION', name: 'durationMs', doc: 'ms; NaN where there is none.' },
  PROCESS_START_TIME: { width: 'f64', from: 'RECORD_PROCESS_START_TIME', as: 'epochMs', name: 'processStartTime', doc: 'Epoch ms.' },
  COMPLETES: {
    width: 'f64',
    from: 'ROW_COMPLETES',
    as: 'completes',
    name: 'completes',
    doc: 'Sequence of the PRE that was delivered as unfinished before this POST of it came; NaN: none.',
    filtered: false,
  },
  STATUS: {
    width: 'u32',
    from: 'RECORD_OPERATION_STATUS',
    name: 'status',
    doc: 'Raw dwOperationStatus; without meaning where `outcome` is unfinished, or in a PRE.',
  },
  FLAGS: { width: 'u32', from: 'RECORD_FLAGS', name: 'flags' },
  TRAITS: { width: 'u32', from: 'ROW_TRAITS', name: 'traits', doc: 'RECORD_FLAG_* and TRAIT_*.' },
  RESOURCE_TYPE: { width: 'u32', from: 'RECORD_RESOURCE_TYPE', name: 'resourceType' },
  PROCESS_ID: { width: 'u32', from: 'RECORD_PROCESS_ID', name: 'processId' },
  THREAD_ID: { width: 'u32', from: 'RECORD_THREAD_ID', name: 'threadId' },
  SESSION_ID: { width: 'u32', from: 'RECORD_SESSION_ID', name: 'sessionId' },
  LOGON_ID_LOW: { width: 'u32', from: 'RECORD_LOGON_ID', name: 'logonIdLow' },
  LOGON_ID_HIGH: { width: 'u32', from: 'RECORD_LOGON_ID + 4', name: 'logonIdHigh' },
  REMOTE_NAME: { width: 'u32', from: 'ROW_REMOTE_NAME', as: 'string', name: 'remoteName', filtered: false },
  LOCAL_NAME: { width: 'u32', from: 'ROW_LOCAL_NAME', as: 'string', name: 'localName', filtered: false },
  PROVIDER: { width: 'u32', from: 'ROW_PROVIDER', as: 'string', name: 'provider', filtered: false },
  IMAGE_NAME: { width: 'u32', from: 'ROW_IMAGE_NAME', as: 'string', name: 'image', filtered: false },
  RING: {
    width: 'u32',
    from: 'ROW_RING',
    name: 'user',
    doc: 'Ring number: index into `Batch.users`, `hosts`, `fileIds`.',
    filtered: false,
  },
  NOTIFY_STATUS: { width: 'u32', from: 'RECORD_NOTIFY_STATUS', name: 'notifyStatus' },
  CONTEXT_LOW: { width: 'u32', from: 'RECORD_CONTEXT', name: 'contextLow' },
  CONTEXT_HIGH: { width: 'u32', from: 'RECORD_CONTEXT + 4', name: 'contextHigh' },
  TIME_TICKS: {
    width: 'u32',
    from: 'RECORD_WALL_TIME',
    as: 'ticks',
    name: 'timeTicks',
    doc: 'Ticks of 100 ns past the whole ms of `time`: 0 to 9,999.',
    filtered: false,
  },
  KIND: { width: 'u8', from: 'RECORD_KIND', name: 'kind', doc: '1 add, 2 cancel.' },
  PHASE: { width: 'u8', from: 'ROW_PHASE', name: 'phase', doc: '1 pre, 2 post (notifications).' },
  OUTCOME: { width: 'u8', from: 'ROW_OUTCOME', name: 'outcome', doc: '1 succeeded, 2 failed, 3 cancelled, 4 unfinished (operations).' },
} as const satisfies Readonly<Record<string, Column>>

/** In the order in which events have them. A dot stands before a member of an object within. */
export const FIELDS = {
  id: {
    type: 'string',
    asked: false,
    doc: 'Names the record for good: ring file id (its 8 bytes as hexadecimal digits, in the order of the file), `-`, sequence.',
  },
  host: { type: 'string', asked: false, doc: 'The machine that the record comes from; absent: this one.' },
  kind: { type: ['add', 'cancel'], column: 'KIND', doc: 'What was asked for.' },
  outcome: {
    type: ['succeeded', 'failed', 'cancelled', 'unfinished'],
    column: 'OUTCOME',
    level: 'operation',
    doc: 'How the operation ended.',
  },
  phase: { type: ['pre', 'post'], column: 'PHASE', level: 'notification', doc: 'Whether MPR made the call before or after the operation.' },
  time: {
    type: 'time',
    column: 'TIME',
    doc: "Epoch ms, whole: when the first call was made, by the wall clock of the mapping process's machine.",
  },
  timestamp: { type: 'string', asked: false, doc: 'The same exactly: ISO 8601, UTC, seven digits.' },
  durationMs: {
    type: 'duration',
    column: 'DURATION',
    level: 'operation',
    doc: 'How long the operation took; absent when one half is missing or the clock readings contradict each other.',
  },
  notifyStatus: { type: 'bits', level: 'notification', column: 'NOTIFY_STATUS', doc: 'Raw `dwNotifyStatus`.' },
  status: { type: 'number', column: 'STATUS', doc: 'Raw `dwOperationStatus` of the POST; absent when there was none.' },
  'error.code': { type: 'number', column: 'STATUS', doc: 'The status, unless it says success.' },
  'error.name': { type: 'statusName', doc: 'Its Win32 name; absent for codes without a name here.' },
  context: { type: 'hexadecimal', level: 'notification', column: 'CONTEXT', doc: '`lpContext` as MPR passed it.' },
  remoteName: { type: 'string', column: 'REMOTE_NAME', doc: 'What was mapped.' },
  localName: { type: 'string', column: 'LOCAL_NAME', doc: 'The drive letter or port.' },
  provider: {
    type: 'string',
    column: 'PROVIDER',
    doc: "The provider that cancelled the connection; present in a successful cancel's POST only.",
  },
  flags: { type: 'flags', column: 'FLAGS', doc: 'Raw `dwAddFlags` or `dwFlags`; `flagNames()` has their names.' },
  resourceType: {
    type: ['any', 'disk', 'print'],
    column: 'RESOURCE_TYPE',
    doc: 'RESOURCETYPE_*, a number where the value has no documented name; absent for cancels.',
  },
  force: { type: 'boolean', doc: '`fForce`: open files did not prevent it; absent for adds.' },
  ownerWindow: { type: 'boolean', doc: 'Whether an owner window was given (`hwndOwner` was not NULL).' },
  'process.id': { type: 'number', column: 'PROCESS_ID', doc: 'The process that made the WNet call.' },
  'process.threadId': { type: 'number', column: 'THREAD_ID', doc: 'Its thread.' },
  'process.image': { type: 'string', column: 'IMAGE_NAME', doc: 'Base name of the executable.' },
  'process.startTime': { type: 'time', column: 'PROCESS_START_TIME', doc: 'Epoch ms; with the id it names a process for good.' },
  'process.bits': { type: 'number', doc: 'Pointer width of the process: 32 or 64.' },
  impersonated: {
    type: 'boolean',
    doc: 'Whether the thread impersonated: user, session and logon are then those of its own token, not of its process.',
  },
  sessionId: { type: 'number', column: 'SESSION_ID', doc: 'Remote desktop session.' },
  logonId: {
    type: 'hexadecimal',
    column: 'LOGON_ID',
    doc: 'Authentication LUID: drive letters belong to a logon, so this says whose `Z:` it is.',
  },
  user: { type: 'string', doc: "SID of the ring's owner; empty when the ring was named by a path without one." },
  truncated: { type: 'object', asked: false, doc: 'Which names were cut, and how long they were, in UTF-16 code units.' },
  unreadable: {
    type: 'object',
    asked: false,
    doc: 'Which names could not be read to their end, because the program passed memory that is not there; absent when all could be.',
  },
  sequence: { type: 'number', column: 'SEQUENCE', doc: 'Of an operation: sequence of the PRE, or of the POST when the PRE was lost.' },
  completes: {
    type: 'string',
    level: 'operation',
    asked: false,
    doc: 'Id of the operation whose POST this is, when it came after that operation had been delivered as unfinished. Both rows are one operation.',
  },
} as const satisfies Readonly<Record<string, Field>>
