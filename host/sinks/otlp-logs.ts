// Operations as OTLP log records, in OTLP's JSON: opentelemetry-proto 1.9, "OTLP/HTTP JSON", and the semantic conventions for events.
//
// An operation is an event (`event_name`), with its facts as attributes. `log.record.uid` names it for good: a backend that heeds it drops what comes twice.

import type { Loss } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import type { EventBatch } from './event-batch.ts'

/** SeverityNumber of the protocol. */
const INFO = 9
const WARN = 13
const ERROR = 17

const OS_TYPES: Readonly<Record<string, string>> = { win32: 'windows', darwin: 'darwin', linux: 'linux' }

type AnyValue = { stringValue: string } | { boolValue: boolean } | { intValue: string } | { doubleValue: number }

interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

export interface OtlpResource {
  readonly host: string
  readonly version: string
  /** A word that tells this process from others. */
  readonly instance: string
}

function anyValue(value: string | number | boolean): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  // Integers of 64 bits are decimal strings.
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Absent values make no attribute. */
function attributesOf(values: Readonly<Record<string, string | number | boolean | undefined>>): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: anyValue(value) }]))
}

/** Nanoseconds since 1970 of a time with seven digits. A double would not hold them. */
export function nanosecondsOf(timestamp: string): bigint {
  const [, seconds, ticks] = /^(.+)\.(\d{7})Z$/.exec(timestamp) ?? []
  if (seconds === undefined || ticks === undefined) return 0n
  const ms = BigInt(Date.parse(`${seconds}Z`))
  const nanoseconds = ms * 1_000_000n + BigInt(ticks) * 100n
  return nanoseconds > 0n ? nanoseconds : 0n
}

/** The server's part of a remote name: `\\server\share`, `http://server/path`. */
function serverOf(remoteName: string | undefined): string | undefined {
  const [, server] = /^(?:[\\/]{2}(?:[?.]\\UNC\\)?|https?:\/\/)([^\\/@:]+)/i.exec(remoteName ?? '') ?? []
  return server
}

function severityOf({ outcome }: Operation): number {
  return outcome === 'succeeded' || outcome === 'cancelled' ? INFO : WARN
}

function recordOf(operation: Operation, host: string) {
  const { id, kind, timestamp, user, remoteName, localName, provider, outcome, error, durationMs, sessionId, logonId, completes, flags } =
    operation
  const { image, startTime } = operation.process
  return {
    timeUnixNano: String(nanosecondsOf(timestamp)),
    severityNumber: severityOf(operation),
    eventName: `mprtap.connection.${kind}`,
    attributes: attributesOf({
      'log.record.uid': `${operation.host ?? host}/${id}`,
      'process.pid': operation.process.id,
      'process.executable.name': image,
      'process.creation.time': startTime > 0 ? new Date(startTime).toISOString() : undefined,
      'user.id': user === '' ? undefined : user,
      'server.address': serverOf(remoteName),
      'error.type': error ? (error.name ?? String(error.code)) : undefined,
      'mprtap.outcome': outcome,
      'mprtap.remote_name': remoteName,
      'mprtap.device': localName,
      'mprtap.provider': provider,
      'mprtap.duration': durationMs === undefined ? undefined : durationMs / 1000,
      'mprtap.session_id': sessionId,
      'mprtap.logon_id': logonId,
      'mprtap.flags': flags,
      'mprtap.completes': completes,
      'mprtap.host': operation.host,
    }),
  }
}

function lossOf({ reason, first, count, ring, user, host, fileId }: Loss, now: number) {
  return {
    timeUnixNano: String(BigInt(Math.round(now)) * 1_000_000n),
    severityNumber: ERROR,
    eventName: 'mprtap.records.lost',
    attributes: attributesOf({
      'user.id': user === '' ? undefined : user,
      'mprtap.reason': reason,
      'mprtap.first': first,
      'mprtap.count': count,
      'mprtap.ring': ring,
      'mprtap.file_id': fileId,
      'mprtap.host': host,
    }),
  }
}

/** The body of a request to `/v1/logs`. @param now ms since 1970. */
export function logsRequest({ operations, losses }: EventBatch, { host, version, instance }: OtlpResource, now: number) {
  const resource = attributesOf({
    'service.name': 'mprtap',
    'service.version': version,
    'service.instance.id': instance,
    'host.name': host,
    'os.type': OS_TYPES[process.platform],
  })
  const logRecords = [...losses.map((loss) => lossOf(loss, now)), ...operations.map((operation) => recordOf(operation, host))]
  return { resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: { name: 'mprtap', version }, logRecords }] }] }
}
