// Whose ring it is: for filters on users and counts by user, and for pairing and fairness, which go by owner.

import { STRING_ID_EMPTY } from './abi.ts'
import { Intern } from './intern.ts'
import { SID_MAX, TEXT } from './memory.ts'
import { OWNER, OWNER_NUMBER, SID, SID_LENGTH, stateOf, USER_EPOCH, USER_ID } from './ring-state.ts'

export class RingOwner {
  /** The owner's SID, `length` ASCII bytes at TEXT, and the number that all rings of this owner have in common. */
  static set(ring: u32, length: u32, number: u32): void {
    const state = stateOf(ring)
    // GUARD(sid-length)
    length = min<u32>(length, SID_MAX)
    memory.fill(state + OWNER, 0, SID - OWNER + <usize>SID_MAX)
    memory.copy(state + SID, TEXT, <usize>length)
    store<u32>(state + SID_LENGTH, length)
    // Memory that is zero says: a ring is its own owner.
    store<u32>(state + OWNER_NUMBER, number ^ ring)
  }

  @inline
  static number(ring: u32): u32 {
    return load<u32>(stateOf(ring) + OWNER_NUMBER) ^ ring
  }

  /** String id of the owner's SID, in the current epoch. */
  static userId(ring: u32): u32 {
    const state = stateOf(ring)
    const length = load<u32>(state + SID_LENGTH)
    if (length == 0) return STRING_ID_EMPTY
    if (load<u32>(state + USER_EPOCH) != Intern.epoch()) {
      const blocks = (length + 15) >> 4
      store<u32>(state + USER_ID, Intern.id(state + SID, blocks, length << 1))
      store<u32>(state + USER_EPOCH, Intern.epoch())
    }
    return load<u32>(state + USER_ID)
  }
}
