// Branching code: each instruction tests and jumps, forward only. Built from the end, so that every target is there before its jump.

import type { FILTER_ACCEPT, FILTER_REFUSE } from '../../assembly/abi.ts'
import type { Formula, NumberTest, StringTest } from './formula.ts'
import { tooMuch } from './syntax-error.ts'

export type Test = NumberTest | StringTest | { readonly type: 'bit'; readonly field: number; readonly bit: number }

export interface Instruction {
  readonly test: Test
  readonly onTrue: Target
  readonly onFalse: Target
}

/** Where to go on: an instruction, or FILTER_ACCEPT or FILTER_REFUSE. */
export type Target = Instruction | typeof FILTER_ACCEPT | typeof FILTER_REFUSE

/** Makes the instruction of a formula that is one test here, or returns `undefined` for one that has to be taken apart. */
type Leaf = (formula: Formula, onTrue: Target, onFalse: Target) => Target | undefined

const INSTRUCTIONS_MAX = 0xff00

export class Code {
  readonly #backwards: Instruction[] = []
  readonly #places = new Map<Instruction, number>()

  get length(): number {
    return this.#backwards.length
  }

  add(instruction: Instruction): Instruction {
    if (this.#backwards.length >= INSTRUCTIONS_MAX) {
      throw tooMuch('too many conditions')
    }
    this.#places.set(instruction, this.#backwards.length)
    this.#backwards.push(instruction)
    return instruction
  }

  /** Code for a formula without negations but on tests; returns its first instruction. */
  branch(formula: Formula, onTrue: Target, onFalse: Target, leaf: Leaf): Target {
    const whole = leaf(formula, onTrue, onFalse)
    if (whole !== undefined) return whole
    switch (formula.type) {
      case 'and':
        return formula.operands.reduceRight((next: Target, operand) => this.branch(operand, next, onFalse, leaf), onTrue)
      case 'or':
        return formula.operands.reduceRight((next: Target, operand) => this.branch(operand, onTrue, next, leaf), onFalse)
      case 'not':
        return this.branch(formula.operand, onFalse, onTrue, leaf)
      default:
        throw new TypeError(`a ${formula.type} test was not taken as one`)
    }
  }

  /** In the order in which they run. */
  instructions(): Instruction[] {
    return this.#backwards.toReversed()
  }

  index(target: Target): number {
    return typeof target === 'number' ? target : this.#backwards.length - 1 - this.#places.get(target)!
  }
}
