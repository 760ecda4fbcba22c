// Operations and notifications as NDJSON with pino's habits: level, time in epoch ms, msg. The other fields are named as in host/model/events.ts;
// a field that is `undefined` there is absent here.
import type { EventFields, Notification, Operation } from '../model/events.ts'
import { formatError, formatMapping } from './event-text.ts'
import { safeJson } from './safe-text.ts'

/** pino's `info`. */
export const LEVEL_INFO = 30
/** pino's `warn`: a failed or unfinished operation, or a summary that reports loss. */
export const LEVEL_WARN = 40

export function operationJson(operation: Operation): string {
  const { outcome, durationMs, status, error, completes } = operation
  const calm = outcome === 'succeeded' || outcome === 'cancelled'
  const msg = `${operation.kind} ${formatMapping(operation)} ${outcome}${error ? `: ${formatError(error)}` : ''}`
  return eventJson(calm ? LEVEL_INFO : LEVEL_WARN, msg, operation, {
    outcome,
    durationMs,
    status,
    error: errorFields(error),
    completes,
  })
}

export function notificationJson(notification: Notification): string {
  const { phase, notifyStatus, status, error, context } = notification
  const msg = `${notification.kind} ${phase} ${formatMapping(notification)}${error ? `: ${formatError(error)}` : ''}`
  return eventJson(error ? LEVEL_WARN : LEVEL_INFO, msg, notification, { phase, notifyStatus, status, error: errorFields(error), context })
}

// Events are read field by field: theirs are getters, which JSON.stringify would not see.
function eventJson(level: number, msg: string, event: EventFields & { type: string; sequence: number }, own: object): string {
  const { id, threadId, image, startTime, bits } = event.process
  return safeJson({
    level,
    time: event.time,
    msg,
    type: event.type,
    id: event.id,
    host: event.host,
    kind: event.kind,
    ...own,
    remoteName: event.remoteName,
    localName: event.localName,
    provider: event.provider,
    flags: event.flags,
    resourceType: event.resourceType,
    force: event.force,
    ownerWindow: event.ownerWindow,
    process: { id, threadId, image, startTime, bits },
    sessionId: event.sessionId,
    logonId: event.logonId,
    user: event.user,
    truncated: event.truncated,
    unreadable: event.unreadable,
    sequence: event.sequence,
  })
}

function errorFields(error: Operation['error']): object | undefined {
  return error && { code: error.code, name: error.name }
}
