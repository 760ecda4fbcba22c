import { NOTIFY_POST, NOTIFY_PRE } from '../../format/layout.ts'
import type { Kind, Phase } from '../api/types.ts'
import { outcomeOf } from '../win32/status.ts'
import { Random, Zipf } from './random.ts'
import type { RecordInput } from './record.ts'
import { fileTimeOf } from './time.ts'
import {
  makeServers,
  makeShares,
  makeUsers,
  ProcessMaker,
  type Share,
  type TrafficProcess,
  type TrafficUser,
  takeThread,
} from './traffic-world.ts'

export interface TrafficOptions {
  /** The same seed gives the same traffic. */
  readonly seed: number
  /** How many operations; `Infinity` for traffic without end. */
  readonly operations: number
  /** Ordinary users; LocalSystem comes on top. 20 when left out. */
  readonly users?: number
  /** 40 when left out. */
  readonly servers?: number
  /** 2,000 when left out. */
  readonly shares?: number
  /** Mean rate at which operations begin, in the traffic's own time. 20 when left out. */
  readonly operationsPerSecond?: number
  /** Epoch ms of the traffic's beginning; 2026-01-05T08:00Z when left out. */
  readonly startTime?: number
}

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

export interface TrafficNotification {
  readonly operation: TrafficOperation
  readonly phase: Phase
  /** Ms since the traffic's beginning. */
  readonly atMs: number
  /** What to write. The context of a POST is not known before its PRE has a sequence: it is 0 here, set it with `contextOf`. */
  readonly record: RecordInput
}

/** Epoch ms; fixed, because traffic is made from its seed alone. */
export const DEFAULT_START_TIME = Date.UTC(2026, 0, 5, 8)
const TICKS_PER_SECOND = 10_000_000n
const TICKS_PER_MS = 10_000
const BOOT_TICKS = 36_000_000_000n
const PROVIDER = 'Microsoft Windows Network'
const LETTERS = Array.from('EFGHIJKLMNOPQRSTUVWXYZ', (letter) => `${letter}:`)
/** A letter that nobody maps: cancelling it fails. */
const LOCAL_ONLY = 'D:'
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
const LOST_POST = 0.002

type Plan = Omit<TrafficOperation, 'ordinal' | 'threadId' | 'lostPost'>
type Due = { at: number; post: TrafficOperation } | { at: number; retry: TrafficOperation }

/** What is due later, soonest last. Few things are at any time, so a sorted array does. */
class Agenda {
  readonly #due: Due[] = []

  get next(): Due | undefined {
    return this.#due[this.#due.length - 1]
  }

  add(due: Due): void {
    let at = this.#due.length
    while (at > 0 && this.#due[at - 1]!.at <= due.at) at--
    this.#due.splice(at, 0, due)
  }

  take(): Due {
    return this.#due.pop()!
  }
}

/**
 * Realistic notifications in the order of their time: thousands of shares of Zipf popularity on servers fast, slow and dead; about 3% of the
 * names not ASCII; drive letters, printers and connections without a device; failures, retries, prompts that somebody closed, processes
 * killed half-way; several users, each with several processes, 64- and 32-bit. Made from the seed alone.
 */
export function* generateTraffic(options: TrafficOptions): Generator<TrafficNotification, void, void> {
  const { seed, operations, operationsPerSecond = 20, startTime = DEFAULT_START_TIME } = options
  const random = new Random(seed)
  const processes = new ProcessMaker(random)
  const shares = makeShares(random, options.shares ?? 2_000, makeServers(random, options.servers ?? 40))
  const users = makeUsers(random, options.users ?? 20, processes, startTime)
  const popularity = new Zipf(shares.length)
  const wallStart = fileTimeOf(startTime)
  const agenda = new Agenda()
  let now = 0
  let ordinal = 0
  let nextStart = 0

  const notification = (operation: TrafficOperation, phase: Phase): TrafficNotification => {
    const ticks = BigInt(Math.round(now * TICKS_PER_MS))
    return { operation, phase, atMs: now, record: recordOf(operation, phase, wallStart + ticks, BOOT_TICKS + ticks) }
  }
  const begin = (plan: Plan): TrafficNotification => {
    const operation = { ...plan, ordinal: ordinal++, threadId: takeThread(plan.process), lostPost: random.chance(LOST_POST) }
    if (!operation.lostPost) agenda.add({ at: now + operation.durationMs, post: operation })
    return notification(operation, 'pre')
  }
  const plan = (): Plan => {
    const user = random.chance(0.02) || users.length === 1 ? users[0]! : users[1 + random.below(users.length - 1)]!
    const process = random.chance(0.6) ? random.pick(user.processes) : processes.brief(startTime + now)
    const cancelling = user.drives.size === LETTERS.length || (user.drives.size > 0 && random.chance(0.3))
    return cancelling ? planCancel(random, user, process) : planAdd(random, user, process, shares[popularity.pick(random)]!)
  }

  while (true) {
    const due = agenda.next
    if (due === undefined && ordinal >= operations) return
    if (due === undefined || (ordinal < operations && nextStart < due.at)) {
      now = nextStart
      nextStart += random.exponential(1_000 / operationsPerSecond)
      yield begin(plan())
      continue
    }
    agenda.take()
    now = due.at
    if ('retry' in due) {
      if (ordinal < operations) yield begin(planRetry(random, due.retry))
      continue
    }
    const operation = due.post
    operation.process.idleThreads.push(operation.threadId)
    if (operation.kind === 'add' && RETRIED.has(operation.status) && operation.retries < RETRIES_MAX && random.chance(0.5)) {
      agenda.add({ at: now + random.logNormal(1_500, 0.7), retry: operation })
    }
    yield notification(operation, 'post')
  }
}

function planAdd(random: Random, user: TrafficUser, process: TrafficProcess, share: Share): Plan {
  const { server } = share
  const letter = random.pick(LETTERS)
  const deviceless = share.printer ? random.chance(0.8) : random.chance(0.2)
  const localName = deviceless
    ? random.chance(0.5)
      ? null
      : ''
    : share.printer
      ? `LPT${1 + random.below(3)}`
      : freeLetter(random, user, letter)
  const taken = localName !== null && user.drives.has(localName)
  const status = taken ? 85 : server.down ? 53 : random.weighted(ADD_STATUSES)
  const durationMs = taken ? random.logNormal(0.3, 0.4) : addDuration(random, server.medianMs, status)
  if (outcomeOf(status) === 'succeeded' && localName?.endsWith(':')) user.drives.set(localName, share)
  const flags =
    (random.chance(0.3) ? CONNECT_UPDATE_PROFILE : 0) | (deviceless ? CONNECT_TEMPORARY : 0) | (status === 1223 ? CONNECT_INTERACTIVE : 0)
  const resourceType = share.printer ? RESOURCETYPE_PRINT : random.chance(0.9) ? RESOURCETYPE_DISK : 0
  return {
    user,
    process,
    kind: 'add',
    remoteName: share.remoteName,
    localName,
    flags,
    force: false,
    resourceType,
    status,
    durationMs,
    retries: 0,
  }
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
  if (status === 1223) return random.logNormal(7_000, 0.6) // somebody looks at a prompt first
  return random.logNormal(medianMs, 0.8)
}

function planCancel(random: Random, user: TrafficUser, process: TrafficProcess): Plan {
  const force = random.chance(0.3)
  const flags = random.chance(0.4) ? CONNECT_UPDATE_PROFILE : 0
  const durationMs = random.logNormal(8, 0.7)
  const [letter, share] = random.pick([...user.drives])
  const cancel = (remoteName: string, status: number): Plan => {
    if (status === 0) user.drives.delete(letter)
    return { user, process, kind: 'cancel', remoteName, localName: null, flags, force, resourceType: 0, status, durationMs, retries: 0 }
  }
  if (random.chance(0.02)) return cancel(LOCAL_ONLY, 2250)
  return cancel(random.chance(0.1) ? share.remoteName : letter, !force && random.chance(0.06) ? 2401 : 0)
}

/** The same mapping once more: the same end again, mostly. */
function planRetry(random: Random, failed: TrafficOperation): Plan {
  const again = random.chance(0.6)
  const durationMs = again ? failed.durationMs * (0.8 + 0.4 * random.unit()) : random.logNormal(40, 0.8)
  return { ...failed, status: again ? failed.status : 0, durationMs, retries: failed.retries + 1 }
}

function recordOf(operation: TrafficOperation, phase: Phase, wallTime: bigint, ticks: bigint): RecordInput {
  const { user, process, kind, status } = operation
  const post = phase === 'post'
  return {
    kind,
    notifyStatus: post ? NOTIFY_POST : NOTIFY_PRE,
    operationStatus: post ? status : 0,
    flags: operation.flags,
    wallTime,
    ticks,
    ticksPerSecond: TICKS_PER_SECOND,
    context: 0n,
    processStartTime: process.startTime,
    logonId: user.logonId,
    processId: process.id,
    threadId: operation.threadId,
    sessionId: user.sessionId,
    resourceType: operation.resourceType,
    force: operation.force,
    ownerWindow: process.image === 'explorer.exe',
    pointer32: process.pointer32,
    remoteName: operation.remoteName,
    localName: operation.localName,
    provider: post && kind === 'cancel' && status === 0 ? PROVIDER : null,
    imageName: process.image,
  }
}
