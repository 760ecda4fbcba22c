// A filter's tests on what is no name, and on verdicts about names, of one row.

import {
  FILTER_ACCEPT,
  FILTER_NUMBERS,
  FILTER_REFUSE,
  INSTRUCTION_BIT,
  INSTRUCTION_FIELD,
  INSTRUCTION_ON_FALSE,
  INSTRUCTION_ON_TRUE,
  INSTRUCTION_SIZE,
  INSTRUCTION_TEST,
  INSTRUCTION_VALUE,
  NUMBER_CONTEXT_HIGH,
  NUMBER_CONTEXT_LOW,
  NUMBER_DURATION,
  NUMBER_FLAGS,
  NUMBER_KIND,
  NUMBER_LOGON_ID_HIGH,
  NUMBER_LOGON_ID_LOW,
  NUMBER_NOTIFY_STATUS,
  NUMBER_OUTCOME,
  NUMBER_PHASE,
  NUMBER_PROCESS_ID,
  NUMBER_PROCESS_START_TIME,
  NUMBER_RESOURCE_TYPE,
  NUMBER_SEQUENCE,
  NUMBER_SESSION_ID,
  NUMBER_STATUS,
  NUMBER_THREAD_ID,
  NUMBER_TIME,
  NUMBER_TRAITS,
  TEST_BIT,
  TEST_EQUAL,
  TEST_HAS,
  TEST_LESS,
  TEST_LESS_OR_EQUAL,
} from './abi.ts'
import { epochMs, sinceEpoch, wholeMs } from './file-time.ts'
import { PREDICATES } from './memory.ts'
import {
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_KIND,
  ROW_LOGON_ID,
  ROW_NOTIFY_STATUS,
  ROW_OUTCOME,
  ROW_PHASE,
  ROW_PROCESS_ID,
  ROW_PROCESS_START_TIME,
  ROW_RESOURCE_TYPE,
  ROW_SEQUENCE,
  ROW_SESSION_ID,
  ROW_STATUS,
  ROW_THREAD_ID,
  ROW_TRAITS,
  ROW_WALL_TIME,
} from './row.ts'

/** Where the verdicts on the names of the row at hand are (filter.ts), one address a string field. */
export const sections = memory.data(32, 16)

export class RowTests {
  /** Runs the tests from instruction `at` on. */
  static run(at: u32, row: usize): bool {
    const numbers = PREDICATES + <usize>load<u32>(PREDICATES, FILTER_NUMBERS)
    while (at < <u32>FILTER_REFUSE) {
      const instruction = numbers + <usize>(at * INSTRUCTION_SIZE)
      const field = <u32>load<u8>(instruction + <usize>INSTRUCTION_FIELD)
      const test = <i32>load<u8>(instruction + <usize>INSTRUCTION_TEST)
      let holds: bool
      if (test == TEST_BIT) {
        const bit = <u32>load<u16>(instruction + <usize>INSTRUCTION_BIT)
        const section = load<usize>(sections + ((<usize>field) << 2))
        holds = ((load<u8>(section + <usize>(bit >> 3)) >> (bit & 7)) & 1) != 0
      } else {
        const value = load<f64>(instruction + <usize>INSTRUCTION_VALUE)
        const number = RowTests.number(row, field)
        if (test == TEST_EQUAL) holds = number == value
        else if (test == TEST_LESS) holds = number < value
        else if (test == TEST_LESS_OR_EQUAL) holds = number <= value
        else if (test == TEST_HAS) holds = (<u32>number & <u32>value) != 0
        else return false
      }
      at = load<u16>(instruction + <usize>(holds ? INSTRUCTION_ON_TRUE : INSTRUCTION_ON_FALSE))
    }
    return at == <u32>FILTER_ACCEPT
  }

  private static number(row: usize, field: u32): f64 {
    switch (field) {
      case NUMBER_KIND:
        return <f64>load<u8>(row + ROW_KIND)
      case NUMBER_PHASE:
        return <f64>load<u8>(row + ROW_PHASE)
      case NUMBER_OUTCOME:
        return <f64>load<u8>(row + ROW_OUTCOME)
      case NUMBER_STATUS:
        return <f64>load<u32>(row + ROW_STATUS)
      case NUMBER_FLAGS:
        return <f64>load<u32>(row + ROW_FLAGS)
      case NUMBER_TRAITS:
        return <f64>load<u32>(row + ROW_TRAITS)
      case NUMBER_RESOURCE_TYPE:
        return <f64>load<u32>(row + ROW_RESOURCE_TYPE)
      case NUMBER_PROCESS_ID:
        return <f64>load<u32>(row + ROW_PROCESS_ID)
      case NUMBER_THREAD_ID:
        return <f64>load<u32>(row + ROW_THREAD_ID)
      case NUMBER_SESSION_ID:
        return <f64>load<u32>(row + ROW_SESSION_ID)
      case NUMBER_LOGON_ID_LOW:
        return <f64>load<u32>(row + ROW_LOGON_ID)
      case NUMBER_LOGON_ID_HIGH:
        return <f64>load<u32>(row + ROW_LOGON_ID, 4)
      case NUMBER_NOTIFY_STATUS:
        return <f64>load<u32>(row + ROW_NOTIFY_STATUS)
      case NUMBER_CONTEXT_LOW:
        return <f64>load<u32>(row + ROW_CONTEXT)
      case NUMBER_CONTEXT_HIGH:
        return <f64>load<u32>(row + ROW_CONTEXT, 4)
      case NUMBER_TIME:
        return sinceEpoch(wholeMs(load<i64>(row + ROW_WALL_TIME)))
      case NUMBER_DURATION:
        return load<f64>(row + ROW_DURATION)
      case NUMBER_PROCESS_START_TIME:
        return epochMs(load<i64>(row + ROW_PROCESS_START_TIME))
      case NUMBER_SEQUENCE:
        return <f64>load<u64>(row + ROW_SEQUENCE)
      default:
        return NaN
    }
  }
}
