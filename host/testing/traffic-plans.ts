import type { Kind } from '../model/events.ts'
import { ERROR_CANCELLED, outcomeOf } from '../model/status.ts'
import type { Random } from './random.ts'
import type { Share, TrafficProcess, TrafficUser } from './traffic-world.ts'

// What the programs in the generated traffic do, and what comes of it.

/** One add or cancel, as it really went: what a reader's operations can be compared with. */
export interface TrafficOperation {
  /** Counts from 0. */
  readonly ordinal: number
  readonly user: TrafficUser
  readonly process: TrafficProcess
  readonly threadId: number
  readonly kind: Kind
  readonly remoteName: string
  readonly localName: string | null
  readonly flags: number
  readonly force: boolean
  /** `NETRESOURCE.dwType`. */
  readonly resourceType: number
  /** What the provider returned. */
  readonly status: number
  readonly durationMs: number
  /** The process was killed in between: there is no POST. */
  readonly lostPost: boolean
  /** Operations of the same mapping that failed before this one. */
  readonly retries: number
}

/** An operation that has not begun. */
export type Plan = Omit<TrafficOperation, 'ordinal' | 'threadId' | 'lostPost'>

const LETTERS = Array.from('EFGHIJKLMNOPQRSTUVWXYZ', (letter) => `${letter}:`)
/** A letter that nobody maps: cancelling it fails. */
const UNMAPPED_LETTER = 'D:'
const RESOURCETYPE_ANY = 0
const RESOURCETYPE_DISK = 1
const RESOURCETYPE_PRINT = 2
const CONNECT_UPDATE_PROFILE = 1
const CONNECT_TEMPORARY = 4
const CONNECT_INTERACTIVE = 8
/** Share of the operations that reach a server which is up, by what comes of them. */
const ADD_STATUSES: readonly (readonly [number, number])[] = [
  [940, 0],
  [3, 2108],
  [12, 67],
  [10, 1219],
  [12, 1326],
  [8, 5],
  [3, 86],
  [4, 1223],
  [2, 64],
  [2, 1331],
  [1, 1909],
  [1, 1231],
  [1, 1203],
  [1, 0xc000006d],
]
const RETRIED = new Set([53, 64, 67, 86, 1219, 1231, 1326])
const RETRIES_MAX = 3

/** The next thing that a program of `user` does: mostly an add, of `share`. */
export function planOperation(random: Random, user: TrafficUser, process: TrafficProcess, share: Share): Plan {
  const cancelling = user.drives.size === LETTERS.length || (user.drives.size > 0 && random.chance(0.3))
  return cancelling ? planCancel(random, user, process) : planAdd(random, user, process, share)
}

/** The same mapping once more after a failure, the same end again mostly; `undefined` when it is not tried again. */
export function planRetry(random: Random, failed: TrafficOperation): Plan | undefined {
  if (failed.kind !== 'add' || !RETRIED.has(failed.status) || failed.retries === RETRIES_MAX || random.chance(0.5)) return undefined
  const again = random.chance(0.6)
  const durationMs = again ? failed.durationMs * (0.8 + 0.4 * random.unit()) : random.logNormal(40, 0.8)
  return { ...failed, status: again ? failed.status : 0, durationMs, retries: failed.retries + 1 }
}

function planAdd(random: Random, user: TrafficUser, process: TrafficProcess, share: Share): Plan {
  const { server } = share
  const letter = random.pick(LETTERS)
  const deviceless = random.chance(share.printer ? 0.8 : 0.2)
  const device = share.printer ? `LPT${1 + random.below(3)}` : freeLetter(random, user, letter)
  const noDevice = random.chance(0.5) ? null : ''
  const localName = deviceless ? noDevice : device
  const taken = localName !== null && user.drives.has(localName)
  const status = taken ? 85 : server.down ? 53 : random.weighted(ADD_STATUSES)
  const durationMs = taken ? random.logNormal(0.3, 0.4) : addDuration(random, server.medianMs, status)
  if (outcomeOf(status) === 'succeeded' && localName?.endsWith(':')) user.drives.set(localName, share)
  const prompted = status === ERROR_CANCELLED ? CONNECT_INTERACTIVE : 0
  const flags = (random.chance(0.3) ? CONNECT_UPDATE_PROFILE : 0) | (deviceless ? CONNECT_TEMPORARY : 0) | prompted
  const anyType = random.chance(0.1) ? RESOURCETYPE_ANY : RESOURCETYPE_DISK
  const resourceType = share.printer ? RESOURCETYPE_PRINT : anyType
  const { remoteName } = share
  return { user, process, kind: 'add', remoteName, localName, flags, force: false, resourceType, status, durationMs, retries: 0 }
}

/** Mostly a letter that is free; sometimes scripts do not look. */
function freeLetter(random: Random, user: TrafficUser, wanted: string): string {
  if (random.chance(0.02)) return wanted
  let at = LETTERS.indexOf(wanted)
  while (user.drives.has(LETTERS[at]!)) at = (at + 1) % LETTERS.length
  return LETTERS[at]!
}

function addDuration(random: Random, medianMs: number, status: number): number {
  if (status === 53) return random.logNormal(12_000, 0.4) // a time-out
  if (status === ERROR_CANCELLED) return random.logNormal(7_000, 0.6) // somebody looks at a prompt first
  return random.logNormal(medianMs, 0.8)
}

function planCancel(random: Random, user: TrafficUser, process: TrafficProcess): Plan {
  const force = random.chance(0.3)
  const flags = random.chance(0.4) ? CONNECT_UPDATE_PROFILE : 0
  const durationMs = random.logNormal(8, 0.7)
  const [letter, share] = random.pick([...user.drives])
  const cancel = (remoteName: string, status: number): Plan => {
    if (status === 0 && remoteName === letter) user.drives.delete(letter)
    return { user, process, kind: 'cancel', remoteName, localName: null, flags, force, resourceType: 0, status, durationMs, retries: 0 }
  }
  if (random.chance(0.02)) return cancel(UNMAPPED_LETTER, 2250)
  return cancel(random.chance(0.1) ? share.remoteName : letter, !force && random.chance(0.06) ? 2401 : 0)
}
