// docs/schema/{operation,notification}.json: what a line of `watch --json` is, out of the field table. The test is tests/cli/schema.test.ts.

import { membersOf, typeOf } from './field-rules.mjs'

const u32 = { type: 'integer', minimum: 0, maximum: 0xffffffff }
const count = { type: 'integer', minimum: 0 }
const names = ['remoteName', 'localName', 'provider', 'image']

/** What stands before and after the fields of the table: the habits of pino, and what JSON cannot say. */
const before = (level) => ({
  level: { enum: [30, 40], description: '30 is calm, 40 wants attention.' },
  msg: { type: 'string', description: 'The line in short.' },
  type: { const: level },
})
const after = {
  unpaired: {
    type: 'object',
    description: 'Halves of surrogate pairs that are U+FFFD in this line: field, index of the UTF-16 unit, unit.',
    additionalProperties: { type: 'object', additionalProperties: { type: 'integer', minimum: 0xd800, maximum: 0xdfff } },
  },
}

/** Shapes that do not follow from the type of a field. */
const shapes = {
  id: { type: 'string', pattern: '^[0-9a-f]{16}-[0-9]+$' },
  completes: { type: 'string', pattern: '^[0-9a-f]{16}-[0-9]+$' },
  resourceType: { oneOf: [{ enum: ['any', 'disk', 'print'] }, u32] },
  'process.bits': { enum: [32, 64] },
  sequence: count,
  truncated: {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, count])),
    additionalProperties: false,
    minProperties: 1,
  },
  unreadable: { type: 'array', items: { enum: names }, minItems: 1, uniqueItems: true },
}

function shapeOf({ name, type, column }, columns) {
  if (shapes[name]) return shapes[name]
  if (typeof type !== 'string') return { enum: type }
  switch (type) {
    case 'number':
    case 'flags':
    case 'bits':
      return u32
    case 'time':
      return { type: columns[column].as === 'wholeMs' ? 'integer' : 'number' }
    case 'duration':
      return { type: 'number', minimum: 0 }
    case 'hexadecimal':
      return { type: 'string', pattern: '^0x[0-9a-f]{1,16}$' }
    case 'boolean':
      return { type: 'boolean' }
    case 'string':
    case 'statusName':
      return { type: 'string' }
    default:
      throw new Error(`The field ${name} has the type ${type}: scripts/lib/field-schema.mjs needs a shape for it.`)
  }
}

/** Whether a line always has the field. */
const isAlways = (field) => field.type !== 'statusName' && !typeOf(field).includes('undefined')

function memberOf(parts, columns) {
  const shape = (field) => ({ description: field.doc, ...shapeOf(field, columns) })
  if (parts[0].inner === undefined) return shape(parts[0])
  return {
    type: 'object',
    properties: Object.fromEntries(parts.map((part) => [part.inner, shape(part)])),
    required: parts.filter(isAlways).map(({ inner }) => inner),
  }
}

/**
 * @param {{ FIELDS: Record<string, import('../../host/model/fields.ts').Field>, COLUMNS: Record<string, import('../../host/model/fields.ts').Column> }} table
 * @returns {Record<string, object>} the schemas by path
 */
export function fieldSchemas({ FIELDS, COLUMNS }) {
  const fields = Object.entries(FIELDS).map(([name, field]) => ({ name, ...field }))
  const schemaOf = (level, title, command) => {
    const members = membersOf(fields.filter((field) => (field.level ?? level) === level))
    const always = members.filter(([name, parts]) => (parts[0].inner === undefined ? isAlways(parts[0]) : isAlways({ name })))
    return {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title,
      description: `A line of "${command}". Made from host/model/fields.ts by scripts/generate.mjs.`,
      type: 'object',
      properties: {
        ...before(level),
        ...Object.fromEntries(members.map(([name, parts]) => [name, memberOf(parts, COLUMNS)])),
        ...after,
      },
      required: [...Object.keys(before(level)), ...always.map(([name]) => name)],
    }
  }
  return {
    'docs/schema/operation.json': schemaOf('operation', 'Operation', 'mprtap watch --json'),
    'docs/schema/notification.json': schemaOf('notification', 'Notification', 'mprtap watch --notifications --json'),
  }
}
