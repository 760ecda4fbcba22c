import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterFor } from '../../host/filter/check.ts'
import type { FilterExpression, Literal } from '../../host/filter/expression.ts'
import { type FieldName, fieldNames, fieldOf, type Level } from '../../host/filter/fields.ts'
import { CONNECT_FLAGS } from '../../host/model/connect-flags.ts'
import { statusNames } from '../../host/model/status.ts'
import { cases } from '../sweeps.ts'
import { acceptedBy, eventsOf, keyOf, oddRing, type Ring, trafficRings } from './filter-rings.ts'
import { type Event, fieldValue, matches } from './reference-filter.ts'

const rings: Ring[] = [...trafficRings(400), oddRing()]

/** Expressions about values that the rings have, and some that they have not. */
class Expressions {
  readonly #events: readonly Event[]
  readonly #fields: readonly FieldName[]

  constructor(level: Level, events: readonly Event[]) {
    this.#events = events
    this.#fields = fieldNames(level)
  }

  /** A value that the field has in some event. */
  #values(field: FieldName): unknown[] {
    return [...new Set(this.#events.map((event) => fieldValue(event, field)))].filter((value) => value !== undefined)
  }

  condition(field: FieldName): fc.Arbitrary<FilterExpression> {
    const { type } = fieldOf(field)
    const conditions: fc.Arbitrary<FilterExpression>[] = [fc.constant({ type: 'present', field })]
    const value = this.#literal(field)
    const equality = fc.constantFrom('==', '!=') as fc.Arbitrary<'==' | '!='>
    conditions.push(fc.record({ type: fc.constant('compare'), field: fc.constant(field), operator: equality, value }) as never)
    conditions.push(fc.record({ type: fc.constant('in'), field: fc.constant(field), values: fc.array(value, { maxLength: 6 }) }) as never)
    if (type === 'number' || type === 'time' || type === 'duration') {
      const operator = fc.constantFrom('<', '<=', '>', '>=')
      conditions.push(fc.record({ type: fc.constant('compare'), field: fc.constant(field), operator, value }) as never)
    }
    if (type === 'flags' || type === 'bits') {
      const bits = fc.oneof(fc.integer({ min: 1, max: 0xffffffff }), fc.constantFrom(...CONNECT_FLAGS.map(([bit]) => bit), 0x80000000))
      conditions.push(bits.map((bits): FilterExpression => ({ type: 'has', field, bits })))
    }
    if (type === 'string' || type === 'statusName') {
      conditions.push(this.#pattern(field).map((pattern): FilterExpression => ({ type: 'glob', field, pattern })))
    }
    return fc.oneof(...conditions)
  }

  #literal(field: FieldName): fc.Arbitrary<Literal> {
    const { type } = fieldOf(field)
    const seen = this.#values(field) as Literal[]
    const known = seen.length > 0 ? [fc.constantFrom(...seen)] : []
    if (typeof type !== 'string') {
      const numbers = field === 'resourceType' ? [fc.constantFrom<Literal>(0, 1, 2, 7, 0xffffffff)] : []
      return fc.oneof(fc.constantFrom<Literal>(...type), ...numbers)
    }
    switch (type) {
      case 'boolean':
        return fc.boolean()
      case 'string':
        return fc.oneof(...known, fc.string({ maxLength: 5 }))
      case 'statusName':
        return fc.constantFrom(...statusNames().values())
      case 'hexadecimal':
        return fc.oneof(
          ...known,
          fc.bigInt(0n, 2n ** 64n - 1n).map((bits) => `0x${bits.toString(16)}`),
        )
      case 'flags':
      case 'bits':
        return fc.oneof(...known, fc.integer({ min: 0, max: 0xffffffff }))
      default:
        return fc.oneof(
          ...known,
          fc.integer(),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.constantFrom<Literal>(0, 53, 64, 32, 48),
        )
    }
  }

  /** A value with stars and question marks in it, in another case. */
  #pattern(field: FieldName): fc.Arbitrary<string> {
    const seen = this.#values(field) as string[]
    const names = field === 'error.name' ? [...statusNames().values()] : seen
    if (names.length === 0) return fc.constant('*')
    const cut = fc.tuple(fc.constantFrom(...names), fc.nat(60), fc.nat(60), fc.constantFrom('*', '?', '**', '*?', ''), fc.nat(2))
    return cut.map(([name, from, to, hole, how]) => {
      const [start, end] = from < to ? [from, to] : [to, from]
      const text = how === 0 ? name.toLowerCase() : how === 1 ? name.toUpperCase() : name
      return (text.slice(0, start) + hole + text.slice(end)).slice(0, 1024)
    })
  }

  /** Nested at will. */
  tree(): fc.Arbitrary<FilterExpression> {
    const leaf = fc.constantFrom(...this.#fields).chain((field) => this.condition(field))
    return fc.letrec<{ node: FilterExpression }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        { weight: 3, arbitrary: leaf },
        { weight: 1, arbitrary: tie('node').map((operand): FilterExpression => ({ type: 'not', operand })) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(fc.constantFrom('all', 'any'), fc.array(tie('node'), { maxLength: 4 }))
            .map(([type, operands]) => ({ type, operands }) as FilterExpression),
        },
      ),
    })).node
  }

  /** A policy: rules over two texts and perhaps more, hundreds of them, perhaps behind a condition, perhaps inverted. */
  list(rulesMax: number): fc.Arbitrary<FilterExpression> {
    const text = fc.constantFrom<FieldName>('remoteName', 'process.image', 'user', 'localName').chain((field) => this.condition(field))
    const other = fc.constantFrom(...this.#fields).chain((field) => this.condition(field))
    const all = (operands: FilterExpression[]): FilterExpression => ({ type: 'all', operands })
    const rule = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(this.condition('remoteName'), this.condition('process.image')).map(all) },
      { weight: 3, arbitrary: fc.tuple(this.condition('remoteName'), text, other).map(all) },
      { weight: 1, arbitrary: this.tree() },
    )
    const rules = fc.array(rule, { minLength: 1, maxLength: rulesMax, size: 'max' })
    const list = rules.map((operands): FilterExpression => ({ type: 'any', operands }))
    return fc.tuple(list, fc.array(other, { maxLength: 2 }), fc.nat(3)).map(([any, conditions, how]) => {
      const gated = conditions.length === 0 ? any : all([...conditions, any])
      return how === 0 ? { type: 'not', operand: gated } : gated
    })
  }
}

describe.each(['operation', 'notification'] as const)('the core keeps exactly the %ss that the filter means', (level) => {
  const events = eventsOf(rings, level)
  const expressions = new Expressions(level, events)

  const check = (written: FilterExpression) => {
    const filter = filterFor(written, level)
    const kept = acceptedBy(rings, level, filter).keys
    const wrong = events.filter((event) => kept.has(keyOf(event)) !== matches(filter, event))
    expect(wrong.map((event) => ({ kept: kept.has(keyOf(event)), event }))).toEqual([])
  }

  it('has enough to try them on', () => {
    expect(events.length).toBeGreaterThan(400)
    expect(new Set(events.map(keyOf)).size).toBe(events.length)
  })

  it.each(fieldNames(level))('conditions on %s, and their negations', (field) => {
    fc.assert(
      fc.property(expressions.condition(field), fc.boolean(), (condition, negated) => {
        check(negated ? { type: 'not', operand: condition } : condition)
      }),
      { numRuns: cases(25) },
    )
  })

  it('expressions nested at will', () => {
    fc.assert(fc.property(expressions.tree(), check), { numRuns: cases(200) })
  })

  it('policies of up to 20 rules', () => {
    fc.assert(fc.property(expressions.list(20), check), { numRuns: cases(100) })
  })

  it('policies of up to 400 rules', () => {
    fc.assert(fc.property(expressions.list(400), check), { numRuns: cases(15), endOnFailure: true })
  })
})
