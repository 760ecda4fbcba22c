// What a record means, straight from what was written: the answer that every variant has to give.

import type { Kind, Notification, ResourceType } from '../../host/model/events.ts'
import { outcomeOf, statusName } from '../../host/model/status.ts'
import type { RecordInput } from '../../host/testing/index.ts'

/** What a record itself says. An event says besides where it comes from, and its time as text. */
export type RecordFields = { readonly [Field in Exclude<keyof Notification, 'id' | 'host' | 'timestamp'>]: Notification[Field] }

const EPOCH = 116_444_736_000_000_000n
const DEVICE = /^(?:[a-z]:|(?:lpt|com)\d+:?)$/i

/** What the filter and count groups need to know about a record. */
export interface Fields {
  readonly kind: Kind
  readonly remoteName: string | undefined
  readonly image: string | undefined
  readonly tally: number
}

interface Tallied {
  readonly time: number
  readonly status: number | undefined
  readonly process: { readonly id: number }
  readonly remoteName: string | undefined
  readonly localName: string | undefined
}

/** The five fields that every variant reads, in one number: whole ms, so that no rounding depends on the order. */
export function tally({ time, status, process, remoteName, localName }: Tallied): number {
  return ((time | 0) + (status ?? 0) + process.id + (remoteName?.length ?? 0) + 31 * (localName?.length ?? 0)) | 0
}

const epochMs = (fileTime: bigint) => Number(fileTime - EPOCH) * 0.0001
const hexadecimal = (value: bigint) => `0x${value.toString(16)}`

export function notificationOf(record: RecordInput, sequence: number, user: string): RecordFields {
  const post = (record.notifyStatus & 2) !== 0
  const add = record.kind === 'add'
  const device = !add && DEVICE.test(record.remoteName ?? '')
  const status = post ? record.operationStatus : undefined
  return {
    type: 'notification',
    kind: record.kind,
    phase: post ? 'post' : 'pre',
    time: epochMs(record.wallTime),
    notifyStatus: record.notifyStatus,
    status,
    error: status === undefined || outcomeOf(status) === 'succeeded' ? undefined : { code: status, name: statusName(status) },
    context: hexadecimal(record.context),
    remoteName: device ? undefined : (record.remoteName ?? undefined),
    localName: device ? (record.remoteName ?? undefined) : (record.localName ?? undefined),
    provider: record.provider ?? undefined,
    flags: record.flags,
    resourceType: add ? ((['any', 'disk', 'print'] as ResourceType[])[record.resourceType] ?? record.resourceType) : undefined,
    force: add ? undefined : record.force,
    ownerWindow: record.ownerWindow,
    process: {
      id: record.processId,
      threadId: record.threadId,
      image: record.imageName ?? undefined,
      startTime: epochMs(record.processStartTime),
      bits: record.pointer32 ? 32 : 64,
    },
    impersonated: record.impersonated,
    sessionId: record.sessionId,
    logonId: hexadecimal(record.logonId),
    user,
    truncated: undefined,
    unreadable: undefined,
    sequence,
  }
}
