import { describe, expect, it } from 'vitest'
import type { FilterExpression } from '../../host/filter/expression.ts'
import { type FieldName, fieldNames, type Level } from '../../host/filter/fields.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { FilterSyntaxError } from '../../host/filter/syntax-error.ts'
import { MprtapError } from '../../host/model/errors.ts'

const is = (field: FieldName, value: string | number | boolean): FilterExpression => ({ type: 'compare', field, operator: '==', value })
const not = (operand: FilterExpression): FilterExpression => ({ type: 'not', operand })
const all = (...operands: FilterExpression[]): FilterExpression => ({ type: 'all', operands })
const any = (...operands: FilterExpression[]): FilterExpression => ({ type: 'any', operands })
const [A, B, C] = [is('status', 1), is('status', 2), is('status', 3)]

/** The error that a filter makes. */
function fault(source: string, level?: Level): FilterSyntaxError {
  try {
    parseFilter(source, level)
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error
    throw error
  }
  throw new Error(`${source.slice(0, 80)} was accepted`)
}

describe('conditions', () => {
  it.each(['==', '!=', '<', '<=', '>', '>='] as const)('compare with %s', (operator) => {
    expect(parseFilter(`status ${operator} 53`)).toEqual({ type: 'compare', field: 'status', operator, value: 53 })
  })

  it('ask whether a value is one of a set', () => {
    expect(parseFilter('status in {53}')).toEqual({ type: 'in', field: 'status', values: [53] })
    expect(parseFilter(`localName in { "Z:" ,'Y:',"" }`)).toEqual({ type: 'in', field: 'localName', values: ['Z:', 'Y:', ''] })
    expect(parseFilter('outcome in {failed, "cancelled"}')).toEqual({ type: 'in', field: 'outcome', values: ['failed', 'cancelled'] })
  })

  it('match a pattern, test bits, and ask whether a value is there', () => {
    expect(parseFilter('remoteName glob "\\\\fs01\\*"')).toEqual({ type: 'glob', field: 'remoteName', pattern: '\\\\fs01\\*' })
    expect(parseFilter('error.name glob "ERROR_LOGON*"')).toEqual({ type: 'glob', field: 'error.name', pattern: 'ERROR_LOGON*' })
    expect(parseFilter('flags has CONNECT_TEMPORARY')).toEqual({ type: 'has', field: 'flags', bits: 4 })
    expect(parseFilter('flags has 0x80000001')).toEqual({ type: 'has', field: 'flags', bits: 0x80000001 })
    expect(parseFilter('durationMs present')).toEqual({ type: 'present', field: 'durationMs' })
  })

  it('need no blanks where none are needed', () => {
    expect(parseFilter('!(status==1)&&status!=2||status in{3}')).toEqual(
      parseFilter(' ! ( status == 1 )\n&&\tstatus != 2\r\n|| status in { 3 } '),
    )
  })
})

describe('! binds closer than &&, and && closer than ||', () => {
  it.each([
    ['status == 1 && status == 2 || status == 3', any(all(A, B), C)],
    ['status == 1 || status == 2 && status == 3', any(A, all(B, C))],
    ['(status == 1 || status == 2) && status == 3', all(any(A, B), C)],
    ['!status == 1 && status == 2', all(not(A), B)],
    ['!(status == 1 && status == 2)', not(all(A, B))],
    ['!!status == 1', not(not(A))],
    ['status == 1 || status == 2 || status == 3', any(A, B, C)],
    ['((((status == 1))))', A],
  ])('%s', (source, expression) => {
    expect(parseFilter(source)).toEqual(expression)
  })
})

describe('texts', () => {
  it.each([
    [`"\\\\fs01\\c$"`, '\\\\fs01\\c$'],
    [`'\\\\fs01\\c$'`, '\\\\fs01\\c$'],
    [`'say "hi"'`, 'say "hi"'],
    [`"it's"`, "it's"],
    [`"\\"`, '\\'],
    [`"\\n"`, '\\n'],
    [`""`, ''],
    [`"a\nb"`, 'a\nb'],
    [`"Бухгалтерия \ud83d\ude00 \ud800"`, 'Бухгалтерия \ud83d\ude00 \ud800'],
    [`"a && b || !{}"`, 'a && b || !{}'],
  ])('%s is taken as it stands: there are no escapes', (text, value) => {
    expect(parseFilter(`remoteName == ${text}`)).toEqual(is('remoteName', value))
  })
})

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['-1', -1],
    ['1.5', 1.5],
    ['-0.25', -0.25],
    ['007', 7],
    ['0x35', 53],
    ['0xC000006d', 0xc000006d],
    ['4294967295', 0xffffffff],
  ])('%s', (text, value) => {
    expect(parseFilter(`status == ${text}`)).toEqual(is('status', value))
  })

  it.each([
    ['1500', 1500],
    ['800ms', 800],
    ['2s', 2000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['0.5h', 1_800_000],
    ['-1s', -1000],
    ['0x10', 16],
  ])('durationMs takes the duration %s', (text, value) => {
    expect(parseFilter(`durationMs == ${text}`)).toEqual(is('durationMs', value))
  })
})

describe('other values', () => {
  it.each([
    ['force == true', is('force', true)],
    ['ownerWindow == false', is('ownerWindow', false)],
    ['kind == add', is('kind', 'add')],
    ['kind == "add"', is('kind', 'add')],
    ['resourceType == disk', is('resourceType', 'disk')],
    ['resourceType == 7', is('resourceType', 7)],
    ['flags == CONNECT_TEMPORARY', is('flags', 4)],
    ['flags == "CONNECT_TEMPORARY"', is('flags', 4)],
    ['logonId == 0x3E7', is('logonId', '0x3e7')],
    ['logonId == "0x00000000000003e7"', is('logonId', '0x3e7')],
    ['logonId == 0xfedcba9876543210', is('logonId', '0xfedcba9876543210')],
    ['error.name == "ERROR_BAD_NETPATH"', is('error.name', 'ERROR_BAD_NETPATH')],
    ['error.name == ERROR_BAD_NETPATH', is('error.name', 'ERROR_BAD_NETPATH')],
    ['time == "2026-01-05"', is('time', Date.UTC(2026, 0, 5))],
    ['time == "2026-01-05T08:00Z"', is('time', Date.UTC(2026, 0, 5, 8))],
    ['time == "2026-01-05T08:00:01.5+01:00"', is('time', Date.UTC(2026, 0, 5, 7, 0, 1, 500))],
    ['time == 1767600000000', is('time', 1_767_600_000_000)],
  ])('%s', (source, expression) => {
    expect(parseFilter(source)).toEqual(expression)
  })
})

describe('fields', () => {
  it.each(['operation', 'notification'] as const)('of an %s can all be asked for, and no others', (level) => {
    for (const field of fieldNames(level)) expect(parseFilter(`${field} present`, level)).toEqual({ type: 'present', field })
    expect(() => parseFilter('type present', level)).toThrow(FilterSyntaxError)
  })

  it('of the other level are errors that say so', () => {
    expect(fault('kind == add && phase == pre').message).toBe('Column 16: phase is a field of notifications; this tap delivers operations.')
    expect(fault('outcome == failed', 'notification').message).toBe(
      'Column 1: outcome is a field of operations; this tap delivers notifications.',
    )
  })
})

describe('an error', () => {
  it('is a FilterSyntaxError with a code and a column', () => {
    const error = fault('status = 53')
    expect(error).toBeInstanceOf(MprtapError)
    expect({ code: error.code, column: error.column }).toEqual({ code: 'MPRTAP_FILTER_SYNTAX', column: 8 })
  })

  const ANY = 'a comparison (== != < <= > >=), in, glob, has or present'
  const OUTCOMES = 'one of "succeeded", "failed", "cancelled", "unfinished" for outcome'
  it.each([
    // what is missing, and where
    ['', 1, 'This filter is empty; leave it out to get everything, or write a condition, for example outcome == "failed".'],
    [' \n ', 1, 'This filter is empty; leave it out to get everything, or write a condition, for example outcome == "failed".'],
    ['status', 7, `Column 7: expected ${ANY}, found the end.`],
    ['status ==', 10, 'Column 10: expected a number for status, found the end.'],
    ['status == 1 &&', 15, 'Column 15: expected a field name, ! or (, found the end.'],
    ['(status == 1', 13, 'Column 13: expected &&, || or ), found the end.'],
    ['status == 1)', 12, 'Column 12: expected &&, || or the end, found ")".'],
    ['status == 1 status == 2', 13, 'Column 13: expected &&, || or the end, found "status".'],
    ['status == 1 "x"', 13, 'Column 13: expected &&, || or the end, found "x".'],
    ['&& status == 1', 1, 'Column 1: expected a field name, ! or (, found "&&".'],
    ['()', 2, 'Column 2: expected a field name, ! or (, found ")".'],
    ['53 == status', 1, 'Column 1: expected a field name, ! or (, found "53".'],
    ['status in 53', 11, 'Column 11: expected {, found "53".'],
    ['status in {}', 12, 'Column 12: expected a number for status, found "}".'],
    ['status in {1', 13, 'Column 13: expected , or }, found the end.'],
    ['status in {1,}', 14, 'Column 14: expected a number for status, found "}".'],
    ['remoteName glob fs01', 17, 'Column 17: expected a text in quotes, found "fs01".'],
    ['remoteName == localName', 15, 'Column 15: expected a text in quotes for remoteName, found "localName".'],
    ['remoteName == "\\\\fs01', 15, 'The text that begins at column 15 has no closing ".'],
    ["status == 1 && user == '", 24, "The text that begins at column 24 has no closing '."],
    ['status == §', 11, 'Column 11: "§" has no meaning here.'],
    ['remoteName == "a" \ud83d\ude00', 19, 'Column 19: "\ud83d\ude00" has no meaning here.'],
    // near misses: fields
    ['remotename == "a"', 1, 'Column 1: expected a field name, found "remotename". Did you mean remoteName?'],
    ['kind == add && image == "a"', 16, 'Column 16: expected a field name, found "image". Did you mean process.image?'],
    ['duration > 2s', 1, 'Column 1: expected a field name, found "duration". Did you mean durationMs?'],
    ['server == "fs01"', 1, 'Column 1: expected a field name, found "server".'],
    // operators
    ['status = 53', 8, 'Column 8: "=" has no meaning here. Did you mean ==?'],
    ['status === 53', 8, 'Column 8: "===" has no meaning here. Did you mean ==?'],
    ['status !== 53', 8, 'Column 8: "!==" has no meaning here. Did you mean !=?'],
    ['status <> 53', 8, 'Column 8: "<>" has no meaning here. Did you mean !=?'],
    ['status => 53', 8, 'Column 8: "=>" has no meaning here. Did you mean >=?'],
    ['status =< 53', 8, 'Column 8: "=<" has no meaning here. Did you mean <=?'],
    ['user =~ "S"', 6, 'Column 6: "=~" has no meaning here. Did you mean glob?'],
    ['user ~ "S"', 6, 'Column 6: "~" has no meaning here. Did you mean glob?'],
    ['status == 1 & status == 2', 13, 'Column 13: "&" has no meaning here. Did you mean &&?'],
    ['status == 1 | status == 2', 13, 'Column 13: "|" has no meaning here. Did you mean ||?'],
    ['status == 1 and status == 2', 13, 'Column 13: expected &&, || or the end, found "and". Did you mean &&?'],
    ['(status == 1 OR status == 2)', 14, 'Column 14: expected &&, || or ), found "OR". Did you mean ||?'],
    ['not status == 1', 1, 'Column 1: expected a field name, found "not". Did you mean !?'],
    ['user not in {"a"}', 6, `Column 6: expected ${ANY}, found "not". Did you mean ! before the condition?`],
    ['user like "S-1-*"', 6, `Column 6: expected ${ANY}, found "like". Did you mean glob?`],
    ['user contains "S-1"', 6, `Column 6: expected ${ANY}, found "contains". Did you mean glob?`],
    ['user Glob "S-1"', 6, `Column 6: expected ${ANY}, found "Glob". Did you mean glob?`],
    ['outcome is failed', 9, `Column 9: expected ${ANY}, found "is". Did you mean ==?`],
    ['durationMs exists', 12, `Column 12: expected ${ANY}, found "exists". Did you mean present?`],
    ['outcome glob "f*"', 9, 'Column 9: outcome is not a text; glob works on texts only.'],
    ['status has 1', 8, 'Column 8: status has no bits to test; has works on flags and notifyStatus.'],
    ['user < "S"', 6, 'Column 6: user has no order; use == or !=.'],
    ['flags > 3', 7, 'Column 7: flags has no order; use == or !=.'],
    // values
    ['outcome == faild', 12, `Column 12: expected ${OUTCOMES}, found "faild". Did you mean failed?`],
    ['outcome == "Failed"', 12, `Column 12: expected ${OUTCOMES}, found "Failed". Did you mean failed?`],
    ['outcome in {failed, "open"}', 21, `Column 21: expected ${OUTCOMES}, found "open".`],
    ['kind == 1', 9, 'Column 9: expected one of "add", "cancel" for kind, found "1".'],
    ['resourceType == -1', 17, 'Column 17: expected one of "any", "disk", "print", or a number, for resourceType, found "-1".'],
    ['status == "53"', 11, 'Column 11: expected a number for status, found "53".'],
    ['force == 1', 10, 'Column 10: expected true or false for force, found "1".'],
    ['force == "true"', 10, 'Column 10: expected true or false for force, found "true".'],
    ['remoteName == 5', 15, 'Column 15: expected a text in quotes for remoteName, found "5".'],
    ['remoteName glob 5', 17, 'Column 17: expected a text in quotes, found "5".'],
    ['process.id == 5m', 15, 'Column 15: expected a number for process.id, found "5m".'],
    [
      'error.name == ERROR_BAD_NETPTH',
      15,
      'Column 15: expected the name of an error for error.name, for example "ERROR_BAD_NETPATH", found "ERROR_BAD_NETPTH". Did you mean ERROR_BAD_NETPATH?',
    ],
    [
      'flags has TEMPORARY',
      11,
      'Column 11: expected a number or a name for flags, for example 0x8 or CONNECT_UPDATE_PROFILE, found "TEMPORARY". Did you mean CONNECT_TEMPORARY?',
    ],
    ['flags has 0', 11, 'Column 11: expected at least one bit, found "0".'],
    ['flags has 0x100000000', 11, /^Column 11: expected a number or a name for flags, .* found "0x100000000"\.$/],
    ['flags has 1.5', 11, /^Column 11: expected a number or a name for flags, .* found "1.5"\.$/],
    ['logonId == 999', 12, 'Column 12: expected a hexadecimal number for logonId, for example 0x3e7, found "999".'],
    ['logonId == 0x10000000000000000', 12, /found "0x10000000000000000"\.$/],
    ['time > yesterday', 8, /^Column 8: expected a time in quotes for time, .* found "yesterday"\.$/],
    ['time > "today 5"', 8, /^Column 8: expected a time in quotes for time, .* found "today 5"\.$/],
    ['time > "2026-01-05T08:00"', 8, /^Column 8: expected a time in quotes for time, .* found "2026-01-05T08:00"\.$/],
    ['time > "2026-13-05"', 8, /^Column 8: expected a time in quotes for time, .* found "2026-13-05"\.$/],
    ['time > 5s', 8, /^Column 8: expected a time in quotes for time, .* found "5s"\.$/],
    ['durationMs > 5sec', 14, /^Column 14: "5sec" is not a number; .* durations like 800ms, 1\.5s, 2m or 1h\.$/],
    ['durationMs > 1e5', 14, /^Column 14: "1e5" is not a number; /],
    ['durationMs > .5', 14, /^Column 14: "\.5" is not a number; /],
    ['durationMs > +5', 14, /^Column 14: "\+5" is not a number; /],
    ['durationMs > 5.', 14, /^Column 14: "5\." is not a number; /],
    ['durationMs > 0x5m', 14, /^Column 14: "0x5m" is not a number; /],
  ] as const)('%s', (source, column, message) => {
    const error = fault(source)
    if (message instanceof RegExp) expect(error.message).toMatch(message)
    else expect(error.message).toBe(message)
    expect(error.column).toBe(column)
  })

  it('in notifyStatus is a CONNECT_* name: those are not its bits', () => {
    expect(parseFilter('notifyStatus has 2', 'notification')).toEqual({ type: 'has', field: 'notifyStatus', bits: 2 })
    expect(fault('notifyStatus has CONNECT_TEMPORARY', 'notification').message).toBe(
      'Column 18: expected a number for notifyStatus, for example 0x2, found "CONNECT_TEMPORARY".',
    )
  })

  it('shows a UNC path as it was written, and no more of a long text than fits a line', () => {
    expect(fault('status == "\\\\fs01\\c$"').message).toBe('Column 11: expected a number for status, found "\\\\fs01\\c$".')
    expect(fault(`status == "${'x'.repeat(900_000)}"`).message).toBe(`Column 11: expected a number for status, found "${'x'.repeat(40)}…".`)
    expect(fault('x'.repeat(900_000)).message).toBe(`Column 1: expected a field name, found "${'x'.repeat(40)}…".`)
  })
})

describe('bounds', () => {
  it('nesting 200 deep is understood, and deeper nesting refused', () => {
    expect(parseFilter(`${'('.repeat(200)}status == 1${')'.repeat(200)}`)).toEqual(A)
    expect(fault(`${'('.repeat(201)}status == 1${')'.repeat(201)}`)).toMatchObject({
      column: 201,
      message: 'Column 201: nested more than 200 deep.',
    })
    expect(fault('!'.repeat(100_000)).message).toBe('Column 201: nested more than 200 deep.')
    expect(fault('('.repeat(100_000)).column).toBe(201)
  })

  it('a million characters are read, and more refused', () => {
    const longest = `status == 1${' '.repeat(1_000_000 - 11)}`
    expect(parseFilter(longest)).toEqual(A)
    expect(fault(`${longest} `)).toMatchObject({ column: 1, message: 'This filter has 1000001 characters; 1000000 are allowed.' })
  })

  it('a pattern has at most 1,024 characters: no name in a record is longer', () => {
    expect(parseFilter(`user glob "${'*'.repeat(1024)}"`)).toMatchObject({ type: 'glob' })
    expect(fault(`user glob "${'*'.repeat(1025)}"`).message).toMatch(
      /^Column 11: expected a pattern of at most 1024 characters, found "\*+…"\.$/,
    )
  })
})
