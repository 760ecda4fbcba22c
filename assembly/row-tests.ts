// A filter's tests on one row: on its numbers, and on the verdicts about its names.

import * as layout from '../format/layout.ts'
import * as abi from './abi.ts'
import { epochMs, sinceEpoch, wholeMs } from './file-time.ts'
import { PREDICATES } from './memory.ts'
import * as at from './row.ts'

/** Where the verdicts on the names of the row at hand are (filter.ts), one address a string field. */
export const sections = memory.data(32, 16)

export class RowTests {
  /** Runs the tests from instruction `at` on. */
  static run(at: u32, row: usize): bool {
    const numbers = PREDICATES + <usize>load<u32>(PREDICATES, abi.FILTER_NUMBERS)
    while (at < <u32>abi.FILTER_REFUSE) {
      const instruction = numbers + <usize>(at * abi.INSTRUCTION_SIZE)
      const field = <u32>load<u8>(instruction + <usize>abi.INSTRUCTION_FIELD)
      const test = <i32>load<u8>(instruction + <usize>abi.INSTRUCTION_TEST)
      let holds: bool
      if (test == abi.TEST_BIT) {
        const bit = <u32>load<u16>(instruction + <usize>abi.INSTRUCTION_BIT)
        const section = load<usize>(sections + ((<usize>field) << 2))
        holds = ((load<u8>(section + <usize>(bit >> 3)) >> (bit & 7)) & 1) != 0
      } else {
        const value = load<f64>(instruction + <usize>abi.INSTRUCTION_VALUE)
        const number = RowTests.number(row, field)
        if (test == abi.TEST_EQUAL) holds = number == value
        else if (test == abi.TEST_LESS) holds = number < value
        else if (test == abi.TEST_LESS_OR_EQUAL) holds = number <= value
        else if (test == abi.TEST_HAS) holds = (<u32>number & <u32>value) != 0
        else return false
      }
      at = load<u16>(instruction + <usize>(holds ? abi.INSTRUCTION_ON_TRUE : abi.INSTRUCTION_ON_FALSE))
    }
    return at == <u32>abi.FILTER_ACCEPT
  }

  private static number(row: usize, field: u32): f64 {
    switch (field) {
      // <generated numbers>
      case abi.NUMBER_SEQUENCE:
        return <f64>load<i64>(row, at.ROW_SEQUENCE)
      case abi.NUMBER_TIME:
        return sinceEpoch(wholeMs(load<i64>(row, layout.RECORD_WALL_TIME)))
      case abi.NUMBER_DURATION:
        return load<f64>(row, at.ROW_DURATION)
      case abi.NUMBER_PROCESS_START_TIME:
        return epochMs(load<i64>(row, layout.RECORD_PROCESS_START_TIME))
      case abi.NUMBER_STATUS:
        return <f64>load<u32>(row, layout.RECORD_OPERATION_STATUS)
      case abi.NUMBER_FLAGS:
        return <f64>load<u32>(row, layout.RECORD_FLAGS)
      case abi.NUMBER_TRAITS:
        return <f64>load<u32>(row, at.ROW_TRAITS)
      case abi.NUMBER_RESOURCE_TYPE:
        return <f64>load<u32>(row, layout.RECORD_RESOURCE_TYPE)
      case abi.NUMBER_PROCESS_ID:
        return <f64>load<u32>(row, layout.RECORD_PROCESS_ID)
      case abi.NUMBER_THREAD_ID:
        return <f64>load<u32>(row, layout.RECORD_THREAD_ID)
      case abi.NUMBER_SESSION_ID:
        return <f64>load<u32>(row, layout.RECORD_SESSION_ID)
      case abi.NUMBER_LOGON_ID_LOW:
        return <f64>load<u32>(row, layout.RECORD_LOGON_ID)
      case abi.NUMBER_LOGON_ID_HIGH:
        return <f64>load<u32>(row, layout.RECORD_LOGON_ID + 4)
      case abi.NUMBER_NOTIFY_STATUS:
        return <f64>load<u32>(row, layout.RECORD_NOTIFY_STATUS)
      case abi.NUMBER_CONTEXT_LOW:
        return <f64>load<u32>(row, layout.RECORD_CONTEXT)
      case abi.NUMBER_CONTEXT_HIGH:
        return <f64>load<u32>(row, layout.RECORD_CONTEXT + 4)
      case abi.NUMBER_KIND:
        return <f64>load<u8>(row, layout.RECORD_KIND)
      case abi.NUMBER_PHASE:
        return <f64>load<u8>(row, at.ROW_PHASE)
      case abi.NUMBER_OUTCOME:
        return <f64>load<u8>(row, at.ROW_OUTCOME)
      // </generated>
      default:
        return NaN
    }
  }
}
