// One operation as the two records that a notifyee writes of it.

import { NOTIFY_POST, NOTIFY_PRE } from '../../format/layout.ts'
import { MprtapError } from '../model/errors.ts'
import type { Kind, Outcome } from '../model/events.ts'
import { readOptions } from '../model/options.ts'
import { contextOf, type RecordInput } from '../model/record.ts'
import { outcomeOf } from '../model/status.ts'
import { mustBeFlag, mustBeLong, mustBeMs, mustBeName, mustBeOneOf, mustBeWhole } from './checks.ts'
import type { RingWriter } from './ring-writer.ts'
import { sidToBytes } from './sid.ts'
import { fileTimeOf } from './time.ts'

/** What an operation is made of. Everything has a default: a drive `Z:` that was mapped to `\\server\share` just now within 5 ms. */
export interface OperationInput {
  /** Default `add`. */
  readonly kind?: Kind
  /** Default: as `status` says, `succeeded` without one. `failed` without a status is ERROR_BAD_NETPATH (53). */
  readonly outcome?: Outcome
  /** Win32 status of the provider. Default: as `outcome` says. */
  readonly status?: number
  /** Default `\\server\share`; `null`: none was given. */
  readonly remoteName?: string | null
  /** Default `Z:` for an add; `null`: none was given. */
  readonly localName?: string | null
  /** Default: for a successful cancel `Microsoft Windows Network`. */
  readonly provider?: string | null
  /** SID of the user. Default `S-1-5-21-1004336348-1177238915-682003330-1001`. */
  readonly user?: string
  /** When it began, epoch ms. Default: now, by the clock at hand. */
  readonly time?: number
  /** Default 5. */
  readonly durationMs?: number
  /** `CONNECT_*` bits. Default 0. */
  readonly flags?: number
  /** Default `disk`. */
  readonly resourceType?: 'any' | 'disk' | 'print' | number
  /** Of a cancel. Default false. */
  readonly force?: boolean
  /** Default false. */
  readonly ownerWindow?: boolean
  /** Default: explorer.exe, process 4711, thread 4712, 64 bits, started an hour before. */
  readonly process?: {
    readonly id?: number
    readonly threadId?: number
    readonly image?: string
    readonly startTime?: number
    readonly bits?: 32 | 64
  }
  /** Default false. */
  readonly impersonated?: boolean
  /** Default 1. */
  readonly sessionId?: number
  /** Authentication LUID. Default 0x3e7f0. */
  readonly logonId?: bigint
}

export const DEFAULT_USER = 'S-1-5-21-1004336348-1177238915-682003330-1001'
const STATUS_OF = { succeeded: 0, failed: 53, cancelled: 1223, unfinished: 0 } as const
const RESOURCE_TYPES = { any: 0, disk: 1, print: 2 } as const
const HOUR_MS = 3_600_000
const TICKS_PER_SECOND = 10_000_000n
const TICKS_PER_MS = 10_000

/** The PRE and, unless it remains unfinished, the POST. */
interface Records {
  readonly pre: RecordInput
  readonly post: RecordInput | undefined
}

function recordsOf(input: OperationInput, now: number): Records {
  const { kind = 'add', time = now, durationMs = 5, process = {}, resourceType = 'disk' } = input
  const status = input.status ?? STATUS_OF[input.outcome ?? 'succeeded']
  const outcome = input.outcome ?? outcomeOf(status)
  const begin = BigInt(Math.round(time * TICKS_PER_MS))
  const isAdd = kind === 'add'
  const pre: RecordInput = {
    kind,
    notifyStatus: NOTIFY_PRE,
    operationStatus: 0,
    flags: input.flags ?? 0,
    wallTime: fileTimeOf(time),
    ticks: begin,
    ticksPerSecond: TICKS_PER_SECOND,
    context: 0n,
    processStartTime: fileTimeOf(process.startTime ?? Math.max(time - HOUR_MS, 0)),
    logonId: input.logonId ?? 0x3e7f0n,
    processId: process.id ?? 4711,
    threadId: process.threadId ?? 4712,
    sessionId: input.sessionId ?? 1,
    resourceType: isAdd ? (typeof resourceType === 'number' ? resourceType : RESOURCE_TYPES[resourceType]) : 0,
    force: input.force ?? false,
    ownerWindow: input.ownerWindow ?? false,
    pointer32: process.bits === 32,
    impersonated: input.impersonated ?? false,
    remoteName: input.remoteName === undefined ? '\\\\server\\share' : input.remoteName,
    localName: input.localName === undefined ? (isAdd ? 'Z:' : null) : input.localName,
    provider: null,
    imageName: process.image ?? 'explorer.exe',
  }
  if (outcome === 'unfinished') return { pre, post: undefined }
  const provider = input.provider === undefined ? (isAdd || status !== 0 ? null : 'Microsoft Windows Network') : input.provider
  const duration = BigInt(Math.round(durationMs * TICKS_PER_MS))
  const end = { wallTime: pre.wallTime + duration, ticks: begin + duration }
  return { pre, post: { ...pre, ...end, notifyStatus: NOTIFY_POST, operationStatus: status, provider } }
}

const FIELDS = [
  'kind',
  'outcome',
  'status',
  'remoteName',
  'localName',
  'provider',
  'user',
  'time',
  'durationMs',
  'flags',
  'resourceType',
  'force',
  'ownerWindow',
  'process',
  'impersonated',
  'sessionId',
  'logonId',
] as const satisfies readonly (keyof OperationInput)[]
const PROCESS_FIELDS = ['id', 'threadId', 'image', 'startTime', 'bits'] as const

/**
 * The operation, read once.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when operations have no such field, a value has another type or is out of its range, or `status` and `outcome` contradict each other.
 */
export function checkOperation(input: OperationInput): OperationInput {
  const { process, ...fields } = readOptions<OperationInput>(input, FIELDS, 'an operation')
  const { kind, outcome, user, resourceType, logonId } = fields
  if (kind !== undefined) mustBeOneOf('kind', kind, ['add', 'cancel'])
  if (outcome !== undefined) mustBeOneOf('outcome', outcome, Object.keys(STATUS_OF))
  if (user !== undefined) sidToBytes(user)
  if (typeof resourceType === 'string') mustBeOneOf('resourceType', resourceType, Object.keys(RESOURCE_TYPES))
  else if (resourceType !== undefined) mustBeWhole('resourceType', resourceType)
  if (logonId !== undefined) mustBeLong('logonId', logonId)
  const { status } = fields
  for (const name of ['status', 'flags', 'sessionId'] as const) if (fields[name] !== undefined) mustBeWhole(name, fields[name])
  for (const name of ['time', 'durationMs'] as const) if (fields[name] !== undefined) mustBeMs(name, fields[name])
  for (const name of ['force', 'ownerWindow', 'impersonated'] as const) if (fields[name] !== undefined) mustBeFlag(name, fields[name])
  for (const name of ['remoteName', 'localName', 'provider'] as const) if (fields[name] !== undefined) mustBeName(name, fields[name])
  if (status !== undefined && outcome !== undefined && outcome !== 'unfinished' && outcomeOf(status) !== outcome)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `Status ${status} is "${outcomeOf(status)}", not "${outcome}"; leave one of them out.`)
  return process === undefined ? fields : { ...fields, process: checkProcess(process) }
}

function checkProcess(input: NonNullable<OperationInput['process']>): NonNullable<OperationInput['process']> {
  const process = readOptions<typeof input>(input, PROCESS_FIELDS, 'process')
  const { image, startTime, bits } = process
  for (const name of ['id', 'threadId'] as const) if (process[name] !== undefined) mustBeWhole(`process.${name}`, process[name])
  if (image !== undefined) mustBeName('process.image', image)
  if (startTime !== undefined) mustBeMs('process.startTime', startTime)
  if (bits !== undefined) mustBeOneOf('process.bits', bits, [32, 64])
  return process
}

/**
 * Appends an operation to a ring: its PRE and, unless it remains unfinished, its POST.
 *
 * @returns the id that its event has.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT as {@link checkOperation}.
 */
export function appendOperation(ring: RingWriter, input: OperationInput, now: number): string {
  const { pre, post } = recordsOf(checkOperation(input), now)
  const sequence = ring.append(pre)
  if (post) ring.append({ ...post, context: contextOf(sequence, pre.pointer32) })
  const fileId = Buffer.alloc(8)
  fileId.writeBigUInt64LE(ring.fileId)
  return `${fileId.toString('hex')}-${sequence ?? ring.head - 1n}`
}
