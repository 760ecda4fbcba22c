// What the numbers in a batch's columns mean.

import * as abi from '../../assembly/abi.ts'
import {
  KIND_ADD,
  KIND_CANCEL,
  RECORD_FLAG_FORCE,
  RECORD_FLAG_IMPERSONATED,
  RECORD_FLAG_OWNER_WINDOW,
  RECORD_FLAG_POINTER32,
} from '../../format/layout.ts'

/**
 * The codes of a batch's columns, by column: `columns.outcome[row] === COLUMN_CODES.outcome.failed`. Those of `traits` are bits. The column
 * `flags` has the bits of `CONNECT_FLAGS`; the column `status` has Win32 codes, which `statusName()` names.
 */
export const COLUMN_CODES = {
  kind: { add: KIND_ADD, cancel: KIND_CANCEL },
  phase: { pre: abi.PHASE_PRE, post: abi.PHASE_POST },
  outcome: {
    succeeded: abi.OUTCOME_SUCCEEDED,
    failed: abi.OUTCOME_FAILED,
    cancelled: abi.OUTCOME_CANCELLED,
    unfinished: abi.OUTCOME_UNFINISHED,
  },
  resourceType: { any: 0, disk: 1, print: 2 },
  traits: {
    force: RECORD_FLAG_FORCE,
    ownerWindow: RECORD_FLAG_OWNER_WINDOW,
    pointer32: RECORD_FLAG_POINTER32,
    impersonated: RECORD_FLAG_IMPERSONATED,
    hasStatus: abi.TRAIT_HAS_STATUS,
  },
} as const
