// What every rule demands of the beginning of a remote name, in the form that the core compares with the first block of a stored one: most names
// that a filter refuses are refused by it, before anything else is done with them.

import { FIELD_REMOTE_NAME, TEST_STRING_EQUAL, TEST_STRING_GLOB } from '../../assembly/abi.ts'
import { BLOCK_SIZE } from '../../format/layout.ts'
import { fold } from '../model/upper-case.ts'
import type { Formula } from './formula.ts'
import type { RuleList } from './rules.ts'

/** Three blocks: in each place one byte, or another; or 0xFF where any will do. `undefined`: the rules have no beginning in common. */
export function beginningOf({ rules, inverted }: RuleList): Uint8Array | undefined {
  if (inverted) return undefined
  const texts = rules.map(({ strings }) => demanded(strings.get(FIELD_REMOTE_NAME)))
  const [first, ...others] = texts
  if (first === undefined || first === '') return undefined
  const common = others.reduce((all: string, text) => shared(all, text ?? ''), first)
  const forms = narrowForms(common)
  // Nearly all names begin with two backslashes: to look for these alone is not worth it.
  if (forms.length < 3) return undefined
  const blocks = new Uint8Array(3 * BLOCK_SIZE).fill(0xff, 2 * BLOCK_SIZE)
  for (const [i, bytes] of forms.entries()) {
    blocks[i] = bytes[0]!
    blocks[BLOCK_SIZE + i] = bytes[1] ?? bytes[0]!
    blocks[2 * BLOCK_SIZE + i] = 0
  }
  return blocks
}

/** In upper case, what a name begins with if the formula holds for it; '' when there is nothing certain. */
function demanded(formula: Formula | undefined): string {
  if (formula === undefined) return ''
  switch (formula.type) {
    case 'string':
      if (formula.test === TEST_STRING_EQUAL) return fold(formula.text)
      return formula.test === TEST_STRING_GLOB ? fold(/^[^*?]*/.exec(formula.text)![0]) : ''
    case 'and':
      return formula.operands.map(demanded).reduce((longest, text) => (text.length > longest.length ? text : longest), '')
    case 'or': {
      const [first = '', ...others] = formula.operands.map(demanded)
      return others.reduce(shared, first)
    }
    default:
      return ''
  }
}

function shared(a: string, b: string): string {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

const latin1 = Array.from({ length: 256 }, (_, byte) => fold(String.fromCharCode(byte)))

/** Of each unit, as far as that goes, the bytes that are it in upper case: one, or two. */
function narrowForms(text: string): readonly (readonly number[])[] {
  const forms: number[][] = []
  for (const unit of text.slice(0, BLOCK_SIZE)) {
    const bytes = latin1.flatMap((upper, byte) => (upper === unit ? [byte] : []))
    if (bytes.length === 0 || bytes.length > 2) break
    forms.push(bytes)
  }
  return forms
}
