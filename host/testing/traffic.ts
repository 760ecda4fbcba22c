import { NOTIFY_POST, NOTIFY_PRE } from '../../format/layout.ts'
import type { Phase } from '../model/events.ts'
import { invalidOption, readOptions } from '../model/options.ts'
import type { RecordInput } from '../model/record.ts'
import { mustBeMs, mustBeWhole } from './checks.ts'
import { Random, Zipf } from './random.ts'
import { fileTimeOf } from './time.ts'
import { type Plan, planOperation, planRetry, type TrafficOperation } from './traffic-plans.ts'
import { makeServers, makeShares, makeUsers, ProcessMaker, takeThread } from './traffic-world.ts'

/** How much traffic, of how many. */
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

/** Most users, servers or shares. */
const WORLD_MAX = 1_000_000
const KNOWN = [
  'seed',
  'operations',
  'users',
  'servers',
  'shares',
  'operationsPerSecond',
  'startTime',
  'slotCountLog2',
  'signal',
] as readonly (keyof TrafficOptions)[]

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when traffic has no such option, or a value has another type or is out of its range. */
export function checkTraffic<Options extends TrafficOptions>(options: Options): TrafficOptions {
  const checked = readOptions<TrafficOptions>(options, KNOWN, 'traffic')
  const { seed, operations, users, servers, shares, operationsPerSecond, startTime } = checked
  if (!Number.isSafeInteger(seed)) invalidOption('seed', seed, 'a whole number')
  if (operations !== Number.POSITIVE_INFINITY) mustBeWhole('operations', operations)
  if (users !== undefined) mustBeWhole('users', users, 0, WORLD_MAX)
  if (servers !== undefined) mustBeWhole('servers', servers, 1, WORLD_MAX)
  if (shares !== undefined) mustBeWhole('shares', shares, 1, WORLD_MAX)
  if (startTime !== undefined) mustBeMs('startTime', startTime)
  if (operationsPerSecond !== undefined && !(Number.isFinite(operationsPerSecond) && operationsPerSecond > 0))
    invalidOption('operationsPerSecond', operationsPerSecond, 'a number above 0')
  return checked
}

/** One call of MPR. */
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
const LOST_POST = 0.002

type Due = { at: number; post: TrafficOperation } | { at: number; retry: Plan }

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
  // What writes the traffic passes its own options on.
  const { seed, operations, operationsPerSecond = 20, startTime = DEFAULT_START_TIME } = checkTraffic(options)
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
    return planOperation(random, user, process, shares[popularity.pick(random)]!)
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
      if (ordinal < operations) yield begin(due.retry)
      continue
    }
    const operation = due.post
    operation.process.idleThreads.push(operation.threadId)
    const retry = planRetry(random, operation)
    if (retry) agenda.add({ at: now + random.logNormal(1_500, 0.7), retry })
    yield notification(operation, 'post')
  }
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
    impersonated: false,
    remoteName: operation.remoteName,
    localName: operation.localName,
    provider: post && kind === 'cancel' && status === 0 ? PROVIDER : null,
    imageName: process.image,
  }
}
