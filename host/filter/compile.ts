// From rules to the bytes that assembly/filter.ts runs (assembly/abi.ts has the layout).

import {
  FILTER_ACCEPT,
  FILTER_BEGINNING,
  FILTER_BLOCKS,
  FILTER_CAPACITY,
  FILTER_FIELD_TABLE,
  FILTER_FIELDS,
  FILTER_GATE,
  FILTER_HEADER_SIZE,
  FILTER_INVERTED,
  FILTER_LENGTH,
  FILTER_NUMBERS,
  FILTER_REFUSE,
  FILTER_RESIDUALS,
  FILTER_RULES,
  FILTER_STRINGS,
  INSTRUCTION_BIT,
  INSTRUCTION_FIELD,
  INSTRUCTION_ON_FALSE,
  INSTRUCTION_ON_TRUE,
  INSTRUCTION_SIZE,
  INSTRUCTION_TEST,
  INSTRUCTION_VALUE,
  TEST_BIT,
  TEST_STRING_GLOB,
} from '../../assembly/abi.ts'
import { fold } from '../model/upper-case.ts'
import { beginningOf } from './beginning.ts'
import { Code, type Target } from './code.ts'
import type { FilterExpression } from './expression.ts'
import type { Formula } from './formula.ts'
import { ruleListOf, soleField } from './rules.ts'
import { tooMuch } from './syntax-error.ts'

const RULES_MAX = 4096

/** A formula over one string field, and the bits that are set where it holds. */
interface StringFormula {
  readonly entry: Target
  readonly bits: number[]
}

/**
 * The program of a filter.
 * @param capacity bytes that the core has for it.
 * @throws FilterSyntaxError if the filter has too many rules or conditions.
 */
export function compileFilter(expression: FilterExpression, capacity: number = FILTER_CAPACITY): Uint8Array {
  return new Compiler(expression).assemble(capacity)
}

class Compiler {
  readonly #list
  readonly #numbers = new Code()
  readonly #strings = new Code()
  readonly #formulas = Array.from({ length: FILTER_FIELDS }, () => new Map<string, StringFormula>())
  /** Rules that ask nothing of a field, a set each. */
  readonly #indifferent = Array.from({ length: FILTER_FIELDS }, () => new Set<number>())
  readonly #bitsOf = new Map<string, number>()
  #bits: number

  constructor(expression: FilterExpression) {
    this.#list = ruleListOf(expression)
    this.#bits = this.#list.rules.length
    if (this.#bits > RULES_MAX) throw tooMuch(`${this.#bits} rules; ${RULES_MAX} are allowed`)
  }

  assemble(capacity: number): Uint8Array {
    const { rules, gate, inverted } = this.#list
    const residuals = rules.map((rule, bit) => {
      for (let field = 0; field < FILTER_FIELDS; field++) {
        const formula = rule.strings.get(field)
        if (formula) this.#formula(field, formula).bits.push(bit)
        else this.#indifferent[field]!.add(bit)
      }
      return this.#residual(rule.residual, FILTER_ACCEPT, FILTER_REFUSE)
    })
    const gateEntry = this.#residual(gate, FILTER_ACCEPT, FILTER_REFUSE)
    return this.#write(capacity, residuals, gateEntry, inverted)
  }

  /** The formula's place among its field's, made when it is new. */
  #formula(field: number, formula: Formula): StringFormula {
    const key = JSON.stringify(formula)
    let known = this.#formulas[field]!.get(key)
    if (!known) {
      known = { entry: this.#string(formula, FILTER_ACCEPT, FILTER_REFUSE), bits: [] }
      this.#formulas[field]!.set(key, known)
    }
    return known
  }

  #string(formula: Formula, onTrue: Target, onFalse: Target): Target {
    return this.#strings.branch(formula, onTrue, onFalse, (test, yes, no) =>
      test.type === 'string' ? this.#strings.add({ test, onTrue: yes, onFalse: no }) : undefined,
    )
  }

  #residual(formula: Formula, onTrue: Target, onFalse: Target): Target {
    return this.#numbers.branch(formula, onTrue, onFalse, (part, yes, no) => {
      const field = soleField(part)
      const test = part.type === 'number' ? part : field === undefined ? undefined : this.#bitTest(field, part)
      return test && this.#numbers.add({ test, onTrue: yes, onFalse: no })
    })
  }

  /** A formula over one string field among numbers: its verdict gets a bit of its own, after those of the rules. */
  #bitTest(field: number, formula: Formula) {
    const key = `${field} ${JSON.stringify(formula)}`
    let bit = this.#bitsOf.get(key)
    if (bit === undefined) {
      bit = this.#bits++
      this.#bitsOf.set(key, bit)
      this.#formula(field, formula).bits.push(bit)
    }
    return { type: 'bit' as const, field, bit }
  }

  #write(capacity: number, residuals: readonly Target[], gate: Target, inverted: boolean): Uint8Array {
    if (this.#bits > 0xffff) throw tooMuch('too many conditions, or too long texts')
    const bytes = new Uint8Array(capacity)
    const view = new DataView(bytes.buffer)
    const blocks = Math.ceil(this.#bits / 128)
    let end = FILTER_HEADER_SIZE
    const reserve = (size: number) => {
      const at = end
      end += (size + 15) & ~15
      if (end > capacity) throw tooMuch('too many conditions, or too long texts')
      return at
    }
    const writeMask = (bits: Iterable<number>) => {
      const at = reserve(blocks * 16)
      for (const bit of bits) bytes[at + (bit >> 3)]! |= 1 << (bit & 7)
      return at
    }
    /** A count and the numbers of bits: most formulas have one bit, and a mask would be as long as the list of rules. */
    const writeBits = (bits: readonly number[]) => {
      const at = reserve(2 * (bits.length + 1))
      for (const [i, value] of [bits.length, ...bits].entries()) view.setUint16(at + 2 * i, value, true)
      return at
    }
    const texts = new Map<string, number>()
    const writeText = (text: string) => {
      let at = texts.get(text)
      if (at === undefined) {
        at = reserve(2 * text.length)
        texts.set(text, at)
        for (let i = 0; i < text.length; i++) view.setUint16(at + 2 * i, text.charCodeAt(i), true)
      }
      return at
    }
    const writeCode = (code: Code) => {
      const at = reserve(code.length * INSTRUCTION_SIZE)
      for (const [i, { test, onTrue, onFalse }] of code.instructions().entries()) {
        const place = at + i * INSTRUCTION_SIZE
        view.setUint8(place + INSTRUCTION_TEST, test.type === 'bit' ? TEST_BIT : test.test)
        view.setUint8(place + INSTRUCTION_FIELD, test.field)
        view.setUint16(place + INSTRUCTION_ON_TRUE, code.index(onTrue), true)
        view.setUint16(place + INSTRUCTION_ON_FALSE, code.index(onFalse), true)
        if (test.type === 'bit') view.setUint16(place + INSTRUCTION_BIT, test.bit, true)
        if (test.type === 'number') view.setFloat64(place + INSTRUCTION_VALUE, test.value, true)
        if (test.type === 'string') {
          const text = test.test === TEST_STRING_GLOB ? fold(test.text) : test.text
          view.setUint32(place + INSTRUCTION_VALUE, writeText(text), true)
          view.setUint32(place + INSTRUCTION_VALUE + 4, text.length, true)
        }
      }
      return at
    }

    view.setUint32(FILTER_RULES, residuals.length, true)
    view.setUint32(FILTER_BLOCKS, blocks, true)
    view.setUint32(FILTER_INVERTED, inverted ? 1 : 0, true)
    view.setUint32(FILTER_NUMBERS, writeCode(this.#numbers), true)
    view.setUint32(FILTER_STRINGS, writeCode(this.#strings), true)
    view.setUint32(FILTER_GATE, this.#numbers.index(gate), true)
    const residualsAt = reserve(2 * residuals.length)
    for (const [i, entry] of residuals.entries()) view.setUint16(residualsAt + 2 * i, this.#numbers.index(entry), true)
    view.setUint32(FILTER_RESIDUALS, residualsAt, true)
    for (const [field, formulas] of this.#formulas.entries()) {
      const table = FILTER_FIELD_TABLE + 16 * field
      const at = reserve(8 * formulas.size)
      view.setUint32(table, at, true)
      view.setUint32(table + 4, formulas.size, true)
      view.setUint32(table + 8, writeMask(this.#indifferent[field]!), true)
      for (const [i, { entry, bits }] of [...formulas.values()].entries()) {
        view.setUint32(at + 8 * i, this.#strings.index(entry), true)
        view.setUint32(at + 8 * i + 4, writeBits(bits), true)
      }
    }
    const beginning = beginningOf(this.#list)
    if (beginning) {
      const at = reserve(beginning.length)
      bytes.set(beginning, at)
      view.setUint32(FILTER_BEGINNING, at, true)
    }
    view.setUint32(FILTER_LENGTH, end, true)
    return bytes.subarray(0, end)
  }
}
