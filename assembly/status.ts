// What a provider's status says: some providers answer with an HRESULT that holds the Win32 error code.

import {
  HRESULT_OF_WIN32,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  OUTCOME_SUCCEEDED,
  STATUS_CANCELLED,
  STATUS_CONNECTED_OTHER_PASSWORD,
  STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT,
  STATUS_SUCCESS,
} from './abi.ts'

/** The Win32 error code that an HRESULT of the form 0x8007xxxx holds; every other status as it is. host/model/status.ts has the same rule. */
export function win32StatusOf(status: u32): u32 {
  const code = status - <u32>HRESULT_OF_WIN32
  // 0x80070000 holds no error.
  return code - 1 < 0xffff ? code : status
}

/** How an operation with this POST status ended. */
export function outcomeOf(status: u32): u32 {
  const code = win32StatusOf(status)
  if (code == STATUS_SUCCESS || code == STATUS_CONNECTED_OTHER_PASSWORD || code == STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT) {
    return OUTCOME_SUCCEEDED
  }
  return code == STATUS_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_FAILED
}
