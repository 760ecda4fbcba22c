// Operations and notifications as NDJSON with pino's habits: level, time in epoch ms, msg. The other fields are named as in host/model/events.ts;
// a field that is `undefined` there is absent here.

import { MprtapError } from '../model/errors.ts'
import type { Notification, Operation } from '../model/events.ts'
import type { Observed } from '../model/observed.ts'
import { invalidOption } from '../model/options.ts'
import { formatError, formatMapping, formatObserved } from './event-text.ts'
import { type JsonOptions, safeJson } from './safe-text.ts'

/** pino's `info`. */
export const LEVEL_INFO = 30
/** pino's `warn`: a failed or unfinished operation, or a summary that reports loss. */
export const LEVEL_WARN = 40
/** pino's `error`: what was asked for was not done. */
export const LEVEL_ERROR = 50

/** An operation as a line of JSON, as `mprtap watch --json` prints it (docs/schema/operation.json). */
export function operationJson(operation: Operation, options?: JsonOptions): string {
  return ofEvent('operation', operation, () => {
    const { outcome, error } = operation
    const calm = outcome === 'succeeded' || outcome === 'cancelled'
    const msg = `${operation.kind} ${formatMapping(operation)} ${outcome}${error ? `: ${formatError(error)}` : ''}`
    return eventJson(calm ? LEVEL_INFO : LEVEL_WARN, msg, operation, options)
  })
}

/** A notification as a line of JSON, as `mprtap watch --json --notifications` prints it (docs/schema/notification.json). */
export function notificationJson(notification: Notification, options?: JsonOptions): string {
  return ofEvent('notification', notification, () => {
    const { phase, error } = notification
    const msg = `${notification.kind} ${phase} ${formatMapping(notification)}${error ? `: ${formatError(error)}` : ''}`
    return eventJson(error ? LEVEL_WARN : LEVEL_INFO, msg, notification, options)
  })
}

/** A program may hand over anything; a row that is no longer valid says so itself. */
function ofEvent(name: string, event: unknown, json: () => string): string {
  if (typeof event !== 'object' || event === null) invalidOption(name, event, 'an object')
  try {
    return json()
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    return invalidOption(name, event, 'an object that can be read', cause)
  }
}

/** A connection that a snapshot saw, or that came or went without a notification. */
export function observedJson(observed: Observed, options?: JsonOptions): string {
  const { time, ...fields } = observed
  const isNews = observed.change !== 'present'
  return safeJson({ level: isNews ? LEVEL_WARN : LEVEL_INFO, time, msg: `observed ${formatObserved(observed)}`, ...fields }, options)
}

function eventJson(level: number, msg: string, event: Operation | Notification, options: JsonOptions | undefined): string {
  const { time, ...fields } = event
  return safeJson({ level, time, msg, ...fields }, options)
}
