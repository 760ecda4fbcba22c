// Records for tests: an ordinary one, and what makes it a PRE or the POST of one.

import { contextOf, type RecordInput } from '../../host/testing/index.ts'

export const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'
export const OTHER_SID = 'S-1-5-21-1004336348-1177238915-682003330-2206'
export const FILE_ID = 0xfedc_ba98_7654_3210n
/** Epoch ms of `record.wallTime`. */
export const TIME = 1_767_600_000_000

export const record: RecordInput = {
  kind: 'add',
  notifyStatus: 1,
  operationStatus: 0,
  flags: 0,
  wallTime: 134_120_736_000_000_000n,
  ticks: 1_000_000n,
  ticksPerSecond: 10_000_000n,
  context: 0n,
  processStartTime: 134_120_735_000_000_000n,
  logonId: 0x1_0000_bd8en,
  processId: 4711,
  threadId: 4712,
  sessionId: 2,
  resourceType: 1,
  force: false,
  ownerWindow: false,
  pointer32: false,
  impersonated: false,
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  provider: null,
  imageName: 'explorer.exe',
}

export function pre(fields: Partial<RecordInput> = {}): RecordInput {
  return { ...record, ...fields, notifyStatus: 1 }
}

/** The POST of the PRE that was written as `sequence`. */
export function post(sequence: bigint, fields: Partial<RecordInput> = {}): RecordInput {
  const input = { ...record, ticks: 1_250_000n, ...fields, notifyStatus: 2 }
  return { ...input, context: fields.context ?? contextOf(sequence, input.pointer32) }
}
