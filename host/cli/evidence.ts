// What the records know about one failure. Every sentence is taken from records; nothing is guessed.
import { isNotReached, serverOf } from '../analysis/remote-name.ts'
import type { Operation } from '../model/events.ts'
import { win32StatusOf } from '../model/status.ts'
import { formatMapping, formatProcess } from '../text/event-text.ts'
import { safeText } from '../text/safe-text.ts'
import { formatDuration, formatTime } from '../text/time-text.ts'

const MINUTE_MS = 60_000
/** Statuses that say that a letter or connection is there already. */
const TAKEN: ReadonlySet<number> = new Set([85, 1202, 2401, 2402, 2404])
const CREDENTIAL_CONFLICT = 1219
const NOT_CONNECTED = 2250

/**
 * Sentences about a failed operation, in the order of their weight.
 *
 * @param operations all that were read, by time, `failure` among them
 */
export function evidenceFor(failure: Operation, operations: readonly Operation[], utc: boolean): string[] {
  const at = (operation: Operation) => formatTime(operation.time, { date: true, utc })
  const sentences = [
    `${at(failure)}: ${formatMapping(failure)} failed after ${formatDuration(failure.durationMs)}, asked for by ${formatProcess(failure)} of ${safeText(failure.user) || 'an unknown user'}. It is the last one of its kind.`,
  ]
  const code = codeOf(failure)
  const alike = operations.filter((operation) => codeOf(operation) === code)
  if (alike.length > 1) {
    const users = new Set(alike.map(({ user }) => user)).size
    sentences.push(`${alike.length} operations ended so, of ${users} ${users === 1 ? 'user' : 'users'}, the first one at ${at(alike[0]!)}.`)
  }
  const before = operations.slice(0, operations.indexOf(failure))
  if (code !== undefined && TAKEN.has(code)) sentences.push(...takenBy(failure, before, at))
  if (code === CREDENTIAL_CONFLICT) sentences.push(connectedBefore(failure, before, at))
  if (code === NOT_CONNECTED) sentences.push(...removedBefore(failure, before, at))
  if (isNotReached(code)) sentences.push(...answersOfServer(failure, operations))
  return sentences
}

const codeOf = ({ status }: Operation) => (status === undefined ? undefined : win32StatusOf(status))

type At = (operation: Operation) => string

const isOfSession = (a: Operation, b: Operation) => a.logonId === b.logonId && a.host === b.host
const sameName = (a: string | undefined, b: string | undefined) => a !== undefined && a !== '' && a.toUpperCase() === b?.toUpperCase()

/** The connection that had the letter before the failure, in the same logon. */
function takenBy(failure: Operation, before: readonly Operation[], at: At): string[] {
  const letter = failure.localName
  if (!letter) return []
  const last = before.findLast((other) => other.outcome === 'succeeded' && isOfSession(other, failure) && sameName(other.localName, letter))
  const name = safeText(letter)
  if (last?.kind === 'add')
    return [`${name} is taken by ${safeText(last.remoteName ?? '-')} since ${at(last)}, mapped by ${formatProcess(last)}.`]
  if (last)
    return [`The records say that ${name} was removed at ${at(last)} by ${formatProcess(last)}. They do not say what took it since.`]
  return [`The records do not say what has taken ${name}: nobody connected it while they were made.`]
}

/** What the same logon has connected on that server. */
function connectedBefore(failure: Operation, before: readonly Operation[], at: At): string {
  const server = serverOf(failure.remoteName)
  const connected = new Map<string, Operation>()
  for (const other of before) {
    if (other.outcome !== 'succeeded' || !isOfSession(other, failure)) continue
    const key = (other.localName || other.remoteName || '').toUpperCase()
    if (other.kind === 'cancel') connected.delete(key)
    else if (sameName(serverOf(other.remoteName), server)) connected.set(key, other)
  }
  const [first] = connected.values()
  if (!first)
    return `The records have no other connection of this logon to ${safeText(server ?? '-')}. Windows may hold one that was made before, or without a drive letter.`
  const more = connected.size > 1 ? ` and ${connected.size - 1} more` : ''
  return `This logon already has ${formatMapping(first)} on the same server since ${at(first)}, by ${formatProcess(first)}${more}. The records do not say as which user.`
}

function removedBefore(failure: Operation, before: readonly Operation[], at: At): string[] {
  const name = failure.localName || failure.remoteName
  const last = before.findLast(
    (other) =>
      other.outcome === 'succeeded' && isOfSession(other, failure) && (sameName(other.localName, name) || sameName(other.remoteName, name)),
  )
  return last?.kind === 'cancel' ? [`${safeText(name ?? '-')} was removed before, at ${at(last)}, by ${formatProcess(last)}.`] : []
}

/** What the same server did for others within half a minute before and after. */
function answersOfServer(failure: Operation, operations: readonly Operation[]): string[] {
  const server = serverOf(failure.remoteName)
  if (server === undefined) return []
  const near = operations.filter(
    (other) => other !== failure && Math.abs(other.time - failure.time) <= MINUTE_MS / 2 && sameName(serverOf(other.remoteName), server),
  )
  const answered = near.filter(({ status }) => status !== undefined && !isNotReached(status))
  const users = new Set(answered.map(({ user }) => user)).size
  const silent = near.filter(({ status }) => isNotReached(status)).length
  const name = safeText(server)
  const answers =
    answered.length === 0
      ? `In the same minute ${name} answered nobody else in the records.`
      : `In the same minute ${name} answered ${answered.length} other ${answered.length === 1 ? 'operation' : 'operations'}, of ${users} ${users === 1 ? 'user' : 'users'}.`
  return silent === 0
    ? [answers]
    : [answers, `In the same minute ${silent} more ${silent === 1 ? 'operation' : 'operations'} did not reach it.`]
}
