// Between expression and program: conditions taken down to the tests that the core knows, negations pushed into the tests.

import * as abi from '../../assembly/abi.ts'
import {
  FIELD_IMAGE,
  FIELD_LOCAL_NAME,
  FIELD_PROVIDER,
  FIELD_REMOTE_NAME,
  FIELD_USER,
  NUMBER_DURATION,
  NUMBER_KIND,
  NUMBER_STATUS,
  NUMBER_TRAITS,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  OUTCOME_SUCCEEDED,
  OUTCOME_UNFINISHED,
  PHASE_POST,
  PHASE_PRE,
  STATUS_CONNECTED_OTHER_PASSWORD,
  STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT,
  STATUS_SUCCESS,
  TEST_EQUAL,
  TEST_HAS,
  TEST_LESS,
  TEST_LESS_OR_EQUAL,
  TEST_STRING_EQUAL,
  TEST_STRING_GLOB,
  TEST_STRING_PRESENT,
  TRAIT_HAS_STATUS,
} from '../../assembly/abi.ts'
import {
  KIND_ADD,
  KIND_CANCEL,
  RECORD_FLAG_FORCE,
  RECORD_FLAG_IMPERSONATED,
  RECORD_FLAG_OWNER_WINDOW,
  RECORD_FLAG_POINTER32,
} from '../../format/layout.ts'
import { hresultOf, statusNames } from '../model/status.ts'
import type { Condition } from './conditions.ts'
import type { FilterExpression, Literal } from './expression.ts'
import type { FieldName } from './fields.ts'
import { globs } from './glob.ts'

export type NumberTest = { readonly type: 'number'; readonly field: number; readonly test: number; readonly value: number }
export type StringTest = { readonly type: 'string'; readonly field: number; readonly test: number; readonly text: string }
export type Formula =
  | NumberTest
  | StringTest
  | { readonly type: 'and' | 'or'; readonly operands: readonly Formula[] }
  | { readonly type: 'not'; readonly operand: Formula }

export const TRUE: Formula = { type: 'and', operands: [] }
const FALSE: Formula = { type: 'or', operands: [] }

const STRING_FIELDS: Readonly<Partial<Record<FieldName, number>>> = {
  remoteName: FIELD_REMOTE_NAME,
  localName: FIELD_LOCAL_NAME,
  provider: FIELD_PROVIDER,
  'process.image': FIELD_IMAGE,
  user: FIELD_USER,
}

const NUMBER_FIELDS: Readonly<Partial<Record<FieldName, number>>> = {
  // <generated numbers>
  kind: abi.NUMBER_KIND,
  outcome: abi.NUMBER_OUTCOME,
  phase: abi.NUMBER_PHASE,
  time: abi.NUMBER_TIME,
  durationMs: abi.NUMBER_DURATION,
  notifyStatus: abi.NUMBER_NOTIFY_STATUS,
  status: abi.NUMBER_STATUS,
  'error.code': abi.NUMBER_STATUS,
  flags: abi.NUMBER_FLAGS,
  resourceType: abi.NUMBER_RESOURCE_TYPE,
  'process.id': abi.NUMBER_PROCESS_ID,
  'process.threadId': abi.NUMBER_THREAD_ID,
  'process.startTime': abi.NUMBER_PROCESS_START_TIME,
  sessionId: abi.NUMBER_SESSION_ID,
  sequence: abi.NUMBER_SEQUENCE,
  // </generated>
}

const HALVES: Readonly<Partial<Record<FieldName, readonly [low: number, high: number]>>> = {
  // <generated halves>
  context: [abi.NUMBER_CONTEXT_LOW, abi.NUMBER_CONTEXT_HIGH],
  logonId: [abi.NUMBER_LOGON_ID_LOW, abi.NUMBER_LOGON_ID_HIGH],
  // </generated>
}

const VALUES: Readonly<Partial<Record<FieldName, Readonly<Record<string, number>>>>> = {
  kind: { add: KIND_ADD, cancel: KIND_CANCEL },
  phase: { pre: PHASE_PRE, post: PHASE_POST },
  outcome: { succeeded: OUTCOME_SUCCEEDED, failed: OUTCOME_FAILED, cancelled: OUTCOME_CANCELLED, unfinished: OUTCOME_UNFINISHED },
  resourceType: { any: 0, disk: 1, print: 2 },
}

const number = (field: number, test: number, value: number): Formula => ({ type: 'number', field, test, value })
const and = (...operands: Formula[]): Formula => ({ type: 'and', operands })
const or = (...operands: Formula[]): Formula => ({ type: 'or', operands })
const not = (operand: Formula): Formula => ({ type: 'not', operand })

const hasTrait = (trait: number) => number(NUMBER_TRAITS, TEST_HAS, trait)
const isKind = (kind: number) => number(NUMBER_KIND, TEST_EQUAL, kind)
const isStatus = (status: number) => number(NUMBER_STATUS, TEST_EQUAL, status)
/** The Win32 code itself, or the HRESULT that holds it: the same rule gives an error its name and an operation its outcome. */
const means = (code: number) => (code > 0 ? or(isStatus(code), isStatus(hresultOf(code))) : isStatus(code))
const hasStatus = hasTrait(TRAIT_HAS_STATUS)
const isSuccess = or(means(STATUS_SUCCESS), means(STATUS_CONNECTED_OTHER_PASSWORD), means(STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT))
/** A status is there and does not say success: only then is there an `error`. */
const hasError = and(hasStatus, not(isSuccess))

/** What must hold for the field to be there at all. A comparison with an absent field is false. */
function presenceOf(field: FieldName): Formula {
  const string = STRING_FIELDS[field]
  if (string !== undefined) return { type: 'string', field: string, test: TEST_STRING_PRESENT, text: '' }
  switch (field) {
    case 'status':
      return hasStatus
    case 'error.code':
      return hasError
    case 'error.name':
      // Codes without a name here are errors without a name.
      return errorNames(() => true)
    case 'durationMs':
      return number(NUMBER_DURATION, TEST_LESS_OR_EQUAL, Number.POSITIVE_INFINITY)
    case 'resourceType':
      return isKind(KIND_ADD)
    case 'force':
      return isKind(KIND_CANCEL)
    default:
      return TRUE
  }
}

/** The formula of an expression. */
export function formulaOf(expression: FilterExpression): Formula {
  switch (expression.type) {
    case 'all':
      return { type: 'and', operands: expression.operands.map(formulaOf) }
    case 'any':
      return { type: 'or', operands: expression.operands.map(formulaOf) }
    case 'not':
      return not(formulaOf(expression.operand))
    default:
      return conditionFormula(expression)
  }
}

function conditionFormula(condition: Condition): Formula {
  const { field } = condition
  switch (condition.type) {
    case 'present':
      return presenceOf(field)
    case 'has':
      return number(NUMBER_FIELDS[field]!, TEST_HAS, condition.bits)
    case 'glob':
      return globFormula(field, condition.pattern)
    case 'in':
      return { type: 'or', operands: condition.values.map((value) => equals(field, value)) }
    case 'compare':
      return comparison(field, condition.operator, condition.value)
  }
}

function comparison(field: FieldName, operator: string, value: Literal): Formula {
  if (operator === '==') return equals(field, value)
  if (operator === '!=') return not(equals(field, value))
  const of = NUMBER_FIELDS[field]
  if (of === undefined) return comparisonOfBits(operator, value as number)
  const limit = value as number
  const less = number(of, TEST_LESS, limit)
  const lessOrEqual = number(of, TEST_LESS_OR_EQUAL, limit)
  // An absent duration is NaN: it is neither less nor more, so "more" must not be "not less".
  const tests: Readonly<Record<string, Formula>> = { '<': less, '<=': lessOrEqual, '>': not(lessOrEqual), '>=': not(less) }
  return and(presenceOf(field), tests[operator]!)
}

/** process.bits is a trait in the record, not a number: compare both values it can have. */
function comparisonOfBits(operator: string, limit: number): Formula {
  const compare: Readonly<Record<string, (bits: number) => boolean>> = {
    '<': (bits) => bits < limit,
    '<=': (bits) => bits <= limit,
    '>': (bits) => bits > limit,
    '>=': (bits) => bits >= limit,
  }
  const holds = compare[operator]!
  return or(holds(32) ? hasTrait(RECORD_FLAG_POINTER32) : FALSE, holds(64) ? not(hasTrait(RECORD_FLAG_POINTER32)) : FALSE)
}

function equals(field: FieldName, value: Literal): Formula {
  const string = STRING_FIELDS[field]
  if (string !== undefined) return { type: 'string', field: string, test: TEST_STRING_EQUAL, text: value as string }
  const halves = HALVES[field]
  if (halves) {
    const bits = BigInt(value as string)
    return and(number(halves[0], TEST_EQUAL, Number(bits & 0xffffffffn)), number(halves[1], TEST_EQUAL, Number(bits >> 32n)))
  }
  switch (field) {
    case 'force':
      return and(presenceOf(field), value ? hasTrait(RECORD_FLAG_FORCE) : not(hasTrait(RECORD_FLAG_FORCE)))
    case 'ownerWindow':
      return value ? hasTrait(RECORD_FLAG_OWNER_WINDOW) : not(hasTrait(RECORD_FLAG_OWNER_WINDOW))
    case 'impersonated':
      return value ? hasTrait(RECORD_FLAG_IMPERSONATED) : not(hasTrait(RECORD_FLAG_IMPERSONATED))
    case 'process.bits':
      return value === 32 ? hasTrait(RECORD_FLAG_POINTER32) : value === 64 ? not(hasTrait(RECORD_FLAG_POINTER32)) : FALSE
    case 'error.name':
      return errorNames((name) => name === value)
    default:
      return and(presenceOf(field), number(NUMBER_FIELDS[field]!, TEST_EQUAL, VALUES[field]?.[value as string] ?? (value as number)))
  }
}

/** An error's name is its code: the names are judged here, the codes there. */
function errorNames(holds: (name: string) => boolean): Formula {
  const codes = [...statusNames()].filter(([, name]) => holds(name)).map(([code]) => code)
  return and(hasError, or(...codes.map(means)))
}

function globFormula(field: FieldName, pattern: string): Formula {
  const string = STRING_FIELDS[field]
  if (string !== undefined) return { type: 'string', field: string, test: TEST_STRING_GLOB, text: pattern }
  return errorNames((name) => globs(pattern, name))
}

/** The same formula with `not` on tests only. */
export function withoutNegations(formula: Formula, negated = false): Formula {
  switch (formula.type) {
    case 'not':
      return withoutNegations(formula.operand, !negated)
    case 'and':
    case 'or': {
      const type = negated === (formula.type === 'and') ? 'or' : 'and'
      // Flattened, so that a long chain of || is one list of rules.
      const operands = formula.operands.map((operand) => withoutNegations(operand, negated))
      return { type, operands: operands.flatMap((operand) => (operand.type === type ? operand.operands : [operand])) }
    }
    default:
      return negated ? { type: 'not', operand: formula } : formula
  }
}
