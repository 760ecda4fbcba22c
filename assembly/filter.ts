// Runs a filter program over rows (abi.ts has its layout). A string is judged once: its verdicts are kept beside it, one bit a rule, so that
// a record whose names were seen before costs a few loads and ands, however many rules there are.
//
// The verdicts of one string, in PREDICATES after the program:
//
//      0 ┌───────────────┬───────────────┬───────────────────────────────┐
//        │ string id 4   │ fields done 4 │ 0                             │
//     16 ├───────────────┴───────────────┴───────────────────────────────┤
//        │ FILTER_FIELDS sections of `blocks` × 16 bytes                 │
//        └───────────────────────────────────────────────────────────────┘

import {
  FIELD_IMAGE,
  FIELD_LOCAL_NAME,
  FIELD_PROVIDER,
  FIELD_REMOTE_NAME,
  FIELD_USER,
  FILTER_ACCEPT,
  FILTER_BEGINNING,
  FILTER_BLOCKS,
  FILTER_FIELD_TABLE,
  FILTER_FIELDS,
  FILTER_GATE,
  FILTER_INVERTED,
  FILTER_LENGTH,
  FILTER_NUMBERS,
  FILTER_RESIDUALS,
  FILTER_RULES,
  FILTER_STRINGS,
  INSTRUCTION_FIELD,
  INSTRUCTION_SIZE,
  NUMBER_KIND,
  NUMBER_PROCESS_ID,
  NUMBER_PROCESS_START_TIME,
  NUMBER_THREAD_ID,
} from './abi.ts'
import { Intern, MARK_ACCEPTED, MARK_KNOWN, MARK_VERDICTS } from './intern.ts'
import { FOLD, PREDICATES } from './memory.ts'
import { NameTests } from './name-tests.ts'
import { RingOwner } from './ring-owner.ts'
import { ROW_IMAGE_NAME, ROW_LOCAL_NAME, ROW_PROVIDER, ROW_REMOTE_NAME, ROW_RING } from './row.ts'
import { RowTests, sections } from './row-tests.ts'

const VERDICTS_HEADER: u32 = 16
const NO_FIELD: u32 = 0xffffffff

let active: bool = false
let rules: u32 = 0
let blocks: usize = 0
let inverted: bool = false
let gate: u32 = 0
/** Bit f: some rule looks at string field f. */
let fields: u32 = 0
let verdictsSize: u32 = 0
let verdictsAt: usize = 0
let verdictsMax: u32 = 0
let verdictsUsed: u32 = 0
/** The one string field that decides alone, if the filter is of that kind: its verdict is then kept in the string's marks. */
let decisive: u32 = NO_FIELD
/** A remote name that suits no rule is marked as refused. */
let remoteNameRefuses: bool = false
/** What every rule demands of a remote name's first block; 0: nothing. */
let beginning: usize = 0
/** No name is asked for, and nothing that a PRE and its POST may have different: the numbers of either decide. */
let numbersDecide: bool = false

export class Filter {
  /** A program of `length` bytes stands at PREDICATES; 0 takes the filter away. `paired`: rows are operations, of two records each. */
  static load(length: u32, paired: bool): void {
    active = length != 0
    decisive = NO_FIELD
    remoteNameRefuses = false
    beginning = 0
    numbersDecide = false
    if (!active) return
    rules = Filter.header(FILTER_RULES)
    blocks = <usize>Filter.header(FILTER_BLOCKS)
    inverted = Filter.header(FILTER_INVERTED) != 0
    gate = Filter.header(FILTER_GATE)
    fields = 0
    for (let field: u32 = 0; field < <u32>FILTER_FIELDS; field++) if (load<u32>(Filter.fieldTable(field), 4)) fields |= 1 << field
    verdictsSize = VERDICTS_HEADER + <u32>FILTER_FIELDS * <u32>(blocks << 4)
    verdictsAt = PREDICATES + <usize>((Filter.header(FILTER_LENGTH) + 15) & ~15)
    verdictsMax = min<u32>(<u32>(FOLD - verdictsAt) / verdictsSize - 1, MARK_VERDICTS)
    verdictsUsed = 0
    if (popcnt(fields) == 1 && fields < 1 << FIELD_USER && Filter.hasNoResiduals()) decisive = ctz(fields)
    remoteNameRefuses = decisive == NO_FIELD ? !inverted && (fields & (1 << FIELD_REMOTE_NAME)) != 0 : decisive == <u32>FIELD_REMOTE_NAME
    beginning = Filter.header(FILTER_BEGINNING) ? PREDICATES + <usize>Filter.header(FILTER_BEGINNING) : 0
    numbersDecide = fields == 0 && (!paired || Filter.asksOfBoth())
    Intern.clearMarks(MARK_KNOWN | MARK_ACCEPTED)
  }

  /** Whether all numbers that are tested are those that a PRE has in common with its POST (pairing.ts). */
  private static asksOfBoth(): bool {
    const end = PREDICATES + <usize>Filter.header(FILTER_STRINGS)
    for (let at = PREDICATES + <usize>Filter.header(FILTER_NUMBERS); at < end; at += INSTRUCTION_SIZE) {
      const number = <i32>load<u8>(at + <usize>INSTRUCTION_FIELD)
      // GUARD(asks-of-both)
      if (number != NUMBER_KIND && number != NUMBER_PROCESS_ID && number != NUMBER_THREAD_ID && number != NUMBER_PROCESS_START_TIME)
        return false
    }
    return true
  }

  private static hasNoResiduals(): bool {
    if (gate != <u32>FILTER_ACCEPT) return false
    const residuals = PREDICATES + <usize>Filter.header(FILTER_RESIDUALS)
    for (let rule: usize = 0; rule < <usize>rules; rule++) if (load<u16>(residuals + (rule << 1)) != <u16>FILTER_ACCEPT) return false
    return true
  }

  /** Ids are void: so are their verdicts. */
  static forget(): void {
    verdictsUsed = 0
  }

  @inline
  static accepts(row: usize): bool {
    if (!active) return true
    if (decisive != NO_FIELD) return Filter.acceptsString(row)
    return Filter.judge(row) != inverted
  }

  /** Whether no row with this remote name passes, as far as that is known before there is a row. */
  @inline
  static refusesRemoteName(id: u32): bool {
    return remoteNameRefuses && (Intern.marks(id) & (MARK_KNOWN | MARK_ACCEPTED)) == MARK_KNOWN
  }

  /**
   * Whether no row with the remote name that is stored at `at` passes, as its first bytes say. A wide name is left to be judged as a whole; of one
   * that is shorter than a block, what follows it may be anything, and then it is judged as a whole, too.
   */
  @inline
  static refusesBeginning(at: usize, wide: bool): bool {
    if (beginning == 0 || wide) return false
    const first = v128.load(at)
    const either = v128.or(i8x16.eq(first, v128.load(beginning)), i8x16.eq(first, v128.load(beginning, 16)))
    return !i8x16.all_true(v128.or(either, v128.load(beginning, 32)))
  }

  /** Whether no row of this record passes, whatever its names are. The row has its numbers, and no names yet. */
  @inline
  static refusesNumbers(row: usize): bool {
    return numbersDecide && Filter.judge(row) == inverted
  }

  @inline
  private static acceptsString(row: usize): bool {
    // The ids of the string fields stand in a row in the fields' order.
    const id = load<u32>(row + ROW_REMOTE_NAME + ((<usize>decisive) << 2))
    const marks = Intern.marks(id)
    if (marks & MARK_KNOWN) return (marks & MARK_ACCEPTED) != 0
    const accepted = Filter.judge(row) != inverted
    Intern.setMarks(id, Intern.marks(id) | MARK_KNOWN | (accepted ? MARK_ACCEPTED : 0))
    return accepted
  }

  @inline
  private static header(offset: i32): u32 {
    return load<u32>(PREDICATES + <usize>offset)
  }

  @inline
  private static fieldTable(field: u32): usize {
    return PREDICATES + <usize>FILTER_FIELD_TABLE + ((<usize>field) << 4)
  }

  private static judge(row: usize): bool {
    // GUARD(verdicts)
    // Full: all verdicts are dropped; a string that still has a place recognises by the id there that it is no longer its own.
    if (verdictsUsed + <u32>FILTER_FIELDS > verdictsMax) verdictsUsed = 0
    for (let rest = fields; rest; rest &= rest - 1) {
      const field = ctz(rest)
      store<usize>(sections + ((<usize>field) << 2), Filter.section(Filter.id(row, field), field))
    }
    const residuals = PREDICATES + <usize>Filter.header(FILTER_RESIDUALS)
    let passedGate = gate == <u32>FILTER_ACCEPT
    for (let block: usize = 0; block < blocks; block++) {
      let bits = i64x2.splat(-1)
      for (let rest = fields; rest; rest &= rest - 1) {
        bits = v128.and(bits, v128.load(load<usize>(sections + ((<usize>ctz(rest)) << 2)) + (block << 4)))
      }
      if (!v128.any_true(bits)) continue
      for (let half: u32 = 0; half < 2; half++) {
        let word = half ? v128.extract_lane<u64>(bits, 1) : v128.extract_lane<u64>(bits, 0)
        for (; word; word &= word - 1) {
          const rule = ((<u32>block) << 7) + (half << 6) + <u32>ctz(word)
          // GUARD(rules)
          if (rule >= rules) break
          if (!passedGate && !RowTests.run(gate, row)) return false
          passedGate = true
          if (RowTests.run(load<u16>(residuals + ((<usize>rule) << 1)), row)) return true
        }
      }
    }
    return false
  }

  private static id(row: usize, field: u32): u32 {
    switch (field) {
      case FIELD_REMOTE_NAME:
        return load<u32>(row + ROW_REMOTE_NAME)
      case FIELD_LOCAL_NAME:
        return load<u32>(row + ROW_LOCAL_NAME)
      case FIELD_PROVIDER:
        return load<u32>(row + ROW_PROVIDER)
      case FIELD_IMAGE:
        return load<u32>(row + ROW_IMAGE_NAME)
      default:
        return RingOwner.userId(load<u32>(row + ROW_RING))
    }
  }

  /** The verdicts on string `id` in the role of `field`, found or made. */
  private static section(id: u32, field: u32): usize {
    const marks = Intern.marks(id)
    let place = marks & MARK_VERDICTS
    let verdicts = verdictsAt + <usize>(place * verdictsSize)
    // GUARD(own-verdicts) without: if (place == 0 || place > verdictsUsed) {
    // GUARD(current-verdicts) without: if (place == 0 || load<u32>(verdicts) != id) {
    if (place == 0 || place > verdictsUsed || load<u32>(verdicts) != id) {
      place = ++verdictsUsed
      verdicts = verdictsAt + <usize>(place * verdictsSize)
      Intern.setMarks(id, (marks & ~MARK_VERDICTS) | place)
      store<u32>(verdicts, id)
      store<u32>(verdicts, 0, 4)
    }
    const section = verdicts + <usize>VERDICTS_HEADER + <usize>field * (blocks << 4)
    const done = load<u32>(verdicts, 4)
    if (!(done & (1 << field))) {
      Filter.judgeString(id, field, section)
      store<u32>(verdicts, done | (1 << field), 4)
    }
    return section
  }

  private static judgeString(id: u32, field: u32, section: usize): void {
    const table = Filter.fieldTable(field)
    const formulas = PREDICATES + <usize>load<u32>(table)
    const count = load<u32>(table, 4)
    memory.copy(section, PREDICATES + <usize>load<u32>(table, 8), blocks << 4)
    for (let i: u32 = 0; i < count; i++) {
      const formula = formulas + ((<usize>i) << 3)
      if (!NameTests.run(load<u32>(formula), id)) continue
      const bits = PREDICATES + <usize>load<u32>(formula, 4)
      for (let left: usize = load<u16>(bits); left; left--) {
        const bit = <u32>load<u16>(bits + (left << 1))
        const at = section + <usize>(bit >> 3)
        store<u8>(at, load<u8>(at) | <u8>((<u32>1) << (bit & 7)))
      }
    }
    // All that a rule demands has to hold: one name that suits no rule is enough to refuse.
    if (remoteNameRefuses && decisive == NO_FIELD && field == <u32>FIELD_REMOTE_NAME && Filter.isEmpty(section)) {
      Intern.setMarks(id, Intern.marks(id) | MARK_KNOWN)
    }
  }

  private static isEmpty(section: usize): bool {
    for (let block: usize = 0; block < blocks; block++) if (v128.any_true(v128.load(section + (block << 4)))) return false
    return true
  }
}
