// A loss in words, and as a line of NDJSON.

import type { Loss } from '../model/account.ts'
import { LEVEL_WARN } from './event-json.ts'
import { type JsonOptions, safeJson } from './safe-text.ts'

const WHY: Readonly<Record<Loss['reason'], string>> = {
  overrun: 'overwritten before they were read',
  abandoned: 'claimed and not written in time',
  corrupt: 'damaged',
  gaveUp: 'no slot was free',
  fault: 'the program had passed bad memory',
}

/** `lost 12 records of RING, sequences 3 to 14 (overwritten before they were read)`. */
export function lossText(loss: Loss): string {
  const { ring, reason, first, count } = loss
  if (first === undefined) return `${count} ${plural(count, 'notification')} not recorded in ${ring} (${WHY[reason]})`
  const which = count === 1 ? `sequence ${first}` : `sequences ${first} to ${first + count - 1}`
  return `lost ${count} ${plural(count, 'record')} of ${ring}, ${which} (${WHY[reason]})`
}

/** @param time when it was reported, epoch ms. */
export function lossJson(loss: Loss, time: number, options?: JsonOptions): string {
  const { ring, user, host, fileId, reason, first, count } = loss
  return safeJson({ level: LEVEL_WARN, time, msg: lossText(loss), type: 'loss', reason, first, count, ring, user, host, fileId }, options)
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}
