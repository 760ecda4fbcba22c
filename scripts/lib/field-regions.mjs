// What scripts/generate.mjs writes between the markers `<generated NAME>` and `</generated>` of other files, out of the field table.

import { inUnions, membersOf, objects, rules, typeOf, types } from './field-rules.mjs'

/**
 * @param {{ FIELDS: Record<string, import('../../host/model/fields.ts').Field>, COLUMNS: Record<string, import('../../host/model/fields.ts').Column> }} table
 * @returns {Record<string, Record<string, string[]>>} lines by file and region
 */
export function fieldRegions({ FIELDS, COLUMNS }) {
  const columns = Object.entries(COLUMNS).map(([code, column]) => ({ code, ...column }))
  const fields = Object.entries(FIELDS).map(([name, field]) => ({ name, ...field }))
  const numbers = columns.filter(({ filtered }) => filtered !== false)
  const of = (level) => fields.filter((field) => (field.level ?? level) === level)

  // ── The core ──

  const columnCodes = ['f64', 'u32', 'u8'].flatMap((width) => {
    const own = columns.filter((column) => column.width === width)
    const codes = own.map(({ code }, index) => `export const COLUMN_${code} = ${index}`)
    return [...codes, `export const ${width.toUpperCase()}_COLUMNS = ${own.length}`, '']
  })
  const numberCodes = numbers.map(({ code }, index) => `export const NUMBER_${code} = ${index}`)
  const at = (from) => (from.startsWith('RECORD_') ? `layout.${from}` : `at.${from}`)
  const stores = columns
    .filter(({ as }) => as === undefined || as === 'sequence')
    .map(({ code, width, from, as }) => {
      const value = as === 'sequence' ? `<f64>load<i64>(row, ${at(from)})` : `load<${width}>(row, ${at(from)})`
      return `store<${width}>(${width}s, ${value}, ${width.toUpperCase()} * abi.COLUMN_${code})`
    })
  const loads = {
    epochMs: (from) => `epochMs(load<i64>(row, ${at(from)}))`,
    sequence: (from) => `<f64>load<i64>(row, ${at(from)})`,
    wholeMs: (from) => `sinceEpoch(wholeMs(load<i64>(row, ${at(from)})))`,
  }
  const numberCases = numbers.flatMap(({ code, width, from, as }) => {
    const plain = width === 'f64' ? `load<f64>(row, ${at(from)})` : `<f64>load<${width}>(row, ${at(from)})`
    return [`case abi.NUMBER_${code}:`, `  return ${as ? loads[as](from) : plain}`]
  })

  // ── Events ──

  const viewsOf = (at) => ({
    ...at,
    column: (code) => `${at[COLUMNS[code].width]}[abi.COLUMN_${code} * abi.ROWS_MAX + ${at.row}]!`,
  })
  const readOf = ({ name, type, column }, at) => {
    if (rules[name]) return rules[name](at)
    if (type === 'hexadecimal') {
      // The id of a logon comes again and again, a context does not.
      const text = name === 'logonId' ? 'hexadecimalOfKnown' : 'hexadecimal'
      return `${text}(${at.column(`${column}_HIGH`)}, ${at.column(`${column}_LOW`)})`
    }
    if (type === 'string') return `${at.strings}[${at.column(column)}]`
    if (name === 'sequence') return at.sequence
    return at.column(column)
  }

  const local = viewsOf({
    f64: 'f64',
    u32: 'u32',
    u8: 'u8',
    block: 'block',
    row: 'row',
    strings: 'strings',
    users: 'users',
    hosts: 'hosts',
    fileIds: 'fileIds',
  })
  const inPlain = { ...local, traits: 'traits', isAdd: 'isAdd', ring: 'ring', sequence: 'sequence' }
  const literal = (level) => {
    const lines = membersOf(of(level)).flatMap(([name, parts]) => {
      if (objects[name]) return [`${name}: ${objects[name][level](inPlain)},`]
      if (parts[0].inner === undefined) return [`${name}: ${readOf(parts[0], inPlain)},`]
      return [`${name}: {`, ...parts.map((part) => `  ${part.inner}: ${readOf(part, inPlain)},`), '},']
    })
    return [
      `const traits = ${local.column('TRAITS')}`,
      `const isAdd = ${local.column('KIND')} === KIND_ADD`,
      `const ring = ${local.column('RING')}`,
      `const sequence = ${local.column('SEQUENCE')}`,
      'const event = {',
      `type: '${level}',`,
      ...lines,
      '}',
    ]
  }

  const data = 'this.#data'
  const cursorViews = viewsOf({
    f64: `${data}.block.f64`,
    u32: `${data}.block.u32`,
    u8: `${data}.block.u8`,
    block: `${data}.block`,
    row: 'this.#row',
    strings: `${data}.strings`,
    users: `${data}.users`,
    hosts: `${data}.hosts`,
    fileIds: `${data}.fileIds`,
  })
  const inCursor = {
    ...cursorViews,
    traits: cursorViews.column('TRAITS'),
    isAdd: `${cursorViews.column('KIND')} === KIND_ADD`,
    ring: cursorViews.column('RING'),
    sequence: cursorViews.column('SEQUENCE'),
  }
  const getter = (name, type, value) => [`get ${name}(): ${type} {`, `  return ${value}`, '}', '']
  const getters = membersOf(fields).flatMap(([name, parts]) => {
    if (objects[name]) {
      const { operation, notification } = objects[name]
      return getter(name, types[name], `this.#isOperation ? ${operation(inCursor)} : ${notification(inCursor)}`)
    }
    return parts[0].inner === undefined ? getter(name, typeOf(parts[0]), readOf(parts[0], inCursor)) : []
  })
  const process = fields
    .filter(({ name }) => name.startsWith('process.'))
    .map((field) => ({ ...field, inner: field.name.slice('process.'.length) }))
  const processGetters = process.flatMap((field) => getter(field.inner, typeOf(field), readOf(field, inCursor)))

  const member = ({ name, doc, ...field }, inner = name) => [`/** ${doc} */`, `readonly ${inner}: ${typeOf({ name, ...field })}`]
  const plainFields = (some) =>
    membersOf(some).flatMap(([name, [first]]) => {
      if (inUnions.includes(name)) return []
      return first.inner === undefined
        ? member(first)
        : ['/** The process that made the WNet call, as it described itself. */', 'readonly process: ProcessInfo']
    })

  const views = columns.map(({ code, width, name }) => `${name}: ${width}(abi.COLUMN_${code}),`)
  const arrays = { f64: 'Float64Array', u32: 'Uint32Array', u8: 'Uint8Array' }
  const columnTypes = columns.flatMap(({ name, width, doc }) => [...(doc ? [`/** ${doc} */`] : []), `readonly ${name}: ${arrays[width]}`])

  // ── Filters and documents ──

  const quote = (name) => (name.includes('.') ? `'${name}'` : name)
  const asked = fields.filter(({ asked }) => asked !== false)
  const isNumber = ({ type, column }) => column !== undefined && type !== 'hexadecimal' && type !== 'string'
  const numberFields = asked.filter(isNumber).map(({ name, column }) => `${quote(name)}: abi.NUMBER_${column},`)
  const halves = asked
    .filter(({ type }) => type === 'hexadecimal')
    .map(({ name, column }) => `${name}: [abi.NUMBER_${column}_LOW, abi.NUMBER_${column}_HIGH],`)
  const typeText = (type) => (typeof type === 'string' ? `'${type}'` : `readonly [${type.map((value) => `'${value}'`).join(', ')}]`)
  const fieldTypes = asked.flatMap(({ name, type, doc }) => [`/** ${doc} */`, `readonly ${quote(name)}: ${typeText(type)}`])
  const words = {
    string: 'text',
    boolean: '`true`, `false`',
    hexadecimal: 'hexadecimal number',
    flags: 'bits, or one of their `CONNECT_*` names',
    statusName: 'name of an error',
  }
  const valuesOf = ({ name, type }) =>
    typeof type === 'string'
      ? (words[type] ?? type)
      : type.map((value) => `\`${value}\``).join(', ') + (name === 'resourceType' ? ', or a number' : '')
  const filterRows = asked.map(
    (field) => `| \`${field.name}\` | ${valuesOf(field)} | ${field.level ? `${field.level}s` : 'both'} | ${field.doc} |`,
  )

  return {
    'assembly/abi.ts': { columns: columnCodes, numbers: numberCodes },
    'assembly/columns.ts': { stores },
    'assembly/row-tests.ts': { numbers: numberCases },
    'host/model/events.ts': {
      process: process.flatMap((field) => member(field, field.inner)),
      common: plainFields(fields.filter(({ level }) => level === undefined)),
      operations: plainFields(fields.filter(({ level }) => level === 'operation')),
      notifications: plainFields(fields.filter(({ level }) => level === 'notification')),
    },
    'host/events/columns.ts': { types: columnTypes, views },
    'host/events/plain.ts': { operation: literal('operation'), notification: literal('notification') },
    'host/events/row-cursor.ts': { process: processGetters, getters },
    'host/filter/fields.ts': { types: fieldTypes },
    'host/filter/formula.ts': { numbers: numberFields, halves },
    'docs/filters.md': { fields: ['| Field | Values | Of | What |', '| --- | --- | --- | --- |', ...filterRows] },
  }
}
