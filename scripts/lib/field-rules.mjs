// How each field is read from a batch, as TypeScript, and what its type is. A field of the table that is a column needs no rule here.

/** Expressions by field; `at` names the views, and `column()` reads one of the row. */
export const rules = {
  id: (at) => `eventId(${at.fileIds}[${at.ring}]!, ${at.ring}, ${at.sequence})`,
  host: (at) => `${at.hosts}[${at.ring}]`,
  kind: (at) => `${at.isAdd} ? 'add' : 'cancel'`,
  outcome: (at) => `OUTCOMES[${at.column('OUTCOME')}]!`,
  phase: (at) => `${at.column('PHASE')} === abi.PHASE_PRE ? 'pre' : 'post'`,
  timestamp: (at) => `timestamp(${at.column('TIME')}, ${at.column('TIME_TICKS')})`,
  durationMs: (at) => `numberOrNone(${at.column('DURATION')})`,
  status: (at) => `(${at.traits} & abi.TRAIT_HAS_STATUS) !== 0 ? ${at.column('STATUS')} : undefined`,
  resourceType: (at) => `${at.isAdd} ? resourceTypeOf(${at.column('RESOURCE_TYPE')}) : undefined`,
  force: (at) => `${at.isAdd} ? undefined : (${at.traits} & RECORD_FLAG_FORCE) !== 0`,
  ownerWindow: (at) => `(${at.traits} & RECORD_FLAG_OWNER_WINDOW) !== 0`,
  'process.bits': (at) => `(${at.traits} & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64`,
  impersonated: (at) => `(${at.traits} & RECORD_FLAG_IMPERSONATED) !== 0`,
  user: (at) => `${at.users}[${at.ring}]!`,
  truncated: (at) => `truncatedNames(${at.block}, ${at.row})`,
  unreadable: (at) => `unreadableNames(${at.block}, ${at.row})`,
  completes: (at) => `idOrNone(${at.fileIds}[${at.ring}]!, ${at.ring}, ${at.column('COMPLETES')})`,
}

/** Members that are made whole by one function, since they are absent as a whole. */
export const objects = {
  error: {
    operation: (at) => `errorOfOperation(${at.block}, ${at.row})`,
    notification: (at) => `errorOfNotification(${at.block}, ${at.row})`,
  },
}

/** Types of fields that do not follow from the table. */
export const types = {
  host: 'string | undefined',
  kind: 'Kind',
  outcome: 'Outcome',
  phase: 'Phase',
  durationMs: 'number | undefined',
  status: 'number | undefined',
  error: 'OperationError | undefined',
  resourceType: 'ResourceType | undefined',
  force: 'boolean | undefined',
  'process.bits': '32 | 64',
  truncated: 'TruncatedNames | undefined',
  unreadable: 'UnreadableNames | undefined',
  completes: 'string | undefined',
}

/** Fields whose types depend on others; events.ts has them as unions. */
export const inUnions = ['kind', 'outcome', 'phase', 'durationMs', 'status', 'error', 'resourceType', 'force']

/** The type of a field in TypeScript. */
export function typeOf({ name, type, column }) {
  if (types[name]) return types[name]
  if (type === 'string') return column ? 'string | undefined' : 'string'
  return { hexadecimal: 'string', boolean: 'boolean' }[type] ?? 'number'
}

/** Fields and the objects that hold some of them, each once, in order. */
export function membersOf(some) {
  const members = new Map()
  for (const field of some) {
    const [outer, inner] = field.name.split('.')
    if (!members.has(outer)) members.set(outer, [])
    members.get(outer).push({ ...field, inner })
  }
  return [...members]
}
