// A filter's tests on a name: equal, like a glob, present. A name is judged once, whatever the number of records that have it.

import {
  FILTER_ACCEPT,
  FILTER_REFUSE,
  FILTER_STRINGS,
  INSTRUCTION_ON_FALSE,
  INSTRUCTION_ON_TRUE,
  INSTRUCTION_SIZE,
  INSTRUCTION_TEST,
  INSTRUCTION_VALUE,
  STRING_ID_ABSENT,
  TEST_STRING_EQUAL,
  TEST_STRING_PRESENT,
} from './abi.ts'
import { Intern } from './intern.ts'
import { FOLD, PREDICATES } from './memory.ts'

export class NameTests {
  /** Runs the tests from instruction `at` on. */
  static run(at: u32, id: u32): bool {
    const strings = PREDICATES + <usize>load<u32>(PREDICATES, FILTER_STRINGS)
    while (at < <u32>FILTER_REFUSE) {
      const instruction = strings + <usize>(at * INSTRUCTION_SIZE)
      const test = <i32>load<u8>(instruction + <usize>INSTRUCTION_TEST)
      const text = PREDICATES + <usize>load<u32>(instruction + <usize>INSTRUCTION_VALUE)
      const units = load<u32>(instruction + <usize>INSTRUCTION_VALUE, 4)
      // GUARD(absent-name) without: let holds = true
      let holds = id != <u32>STRING_ID_ABSENT
      if (holds && test != TEST_STRING_PRESENT) {
        holds = test == TEST_STRING_EQUAL ? NameTests.equals(id, text, units) : NameTests.globs(id, text, units)
      }
      at = load<u16>(instruction + <usize>(holds ? INSTRUCTION_ON_TRUE : INSTRUCTION_ON_FALSE))
    }
    return at == <u32>FILTER_ACCEPT
  }

  @inline
  private static unit(string: usize, wide: u32, i: u32): u32 {
    return wide ? <u32>load<u16>(string + ((<usize>i) << 1)) : <u32>load<u8>(string + <usize>i)
  }

  private static equals(id: u32, text: usize, units: u32): bool {
    const unitsAndWidth = Intern.unitsAndWidth(id)
    // GUARD(whole-name)
    if (unitsAndWidth >> 1 != units) return false
    const string = Intern.at(id) + 16
    for (let i: u32 = 0; i < units; i++) {
      if (NameTests.unit(string, unitsAndWidth & 1, i) != <u32>load<u16>(text + ((<usize>i) << 1))) return false
    }
    return true
  }

  /** `*` is any run of units, `?` any one; the text is folded already. Goes back to the last star only, so at most units × text steps. */
  private static globs(id: u32, text: usize, textUnits: u32): bool {
    const unitsAndWidth = Intern.unitsAndWidth(id)
    const units = unitsAndWidth >> 1
    const wide = unitsAndWidth & 1
    const string = Intern.at(id) + 16
    let i: u32 = 0
    let p: u32 = 0
    let star: i32 = -1
    let resume: u32 = 0
    while (i < units) {
      // GUARD(end-of-pattern) without: const wanted = <u32>load<u16>(text + ((<usize>p) << 1))
      const wanted = p < textUnits ? <u32>load<u16>(text + ((<usize>p) << 1)) : 0x10000
      if (wanted == 0x2a) {
        star = p++
        resume = i
      } else if (wanted == 0x3f || wanted == <u32>load<u16>(FOLD + ((<usize>NameTests.unit(string, wide, i)) << 1))) {
        i++
        p++
      } else if (star >= 0) {
        p = <u32>star + 1
        i = ++resume
      } else {
        return false
      }
    }
    while (p < textUnits && load<u16>(text + ((<usize>p) << 1)) == 0x2a) p++
    return p == textUnits
  }
}
