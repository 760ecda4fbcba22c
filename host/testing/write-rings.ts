import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../model/events.ts'
import { invalidOption } from '../model/options.ts'
import { contextOf } from '../model/record.ts'
import { outcomeOf } from '../model/status.ts'
import { isStopSignal, type StopSignal } from '../model/stop-signal.ts'
import { systemClock } from '../system/clock.ts'
import { makeFolder } from '../system/make-folder.ts'
import { mustBeText } from './checks.ts'
import { Random } from './random.ts'
import { RingWriter } from './ring-writer.ts'
import { ringFileName } from './sid.ts'
import { fileTimeOf } from './time.ts'
import { checkTraffic, DEFAULT_START_TIME, generateTraffic, type TrafficNotification, type TrafficOptions } from './traffic.ts'
import type { TrafficOperation } from './traffic-plans.ts'
import type { TrafficUser } from './traffic-world.ts'

/** What `writeRings()` writes. */
export interface WriteRingsOptions extends TrafficOptions {
  /** log2 of the slot count of each ring, 2 to 20; 10 when left out. A ring holds that many notifications; older ones are overwritten. */
  readonly slotCountLog2?: number
}

/** What was written: the truth that a reader's totals can be compared with. */
export interface TrafficSummary extends Readonly<Record<Outcome, number>> {
  readonly operations: number
  readonly notifications: number
  /** Notifications that newer ones have overwritten in their ring. */
  readonly overwritten: number
  /** Paths of the rings. */
  readonly rings: readonly string[]
}

/** Writes traffic into rings, one for each user, and counts it. */
class TrafficWriter {
  readonly #writers = new Map<TrafficUser, RingWriter>()
  readonly #paths = new Map<TrafficUser, string>()
  readonly #pending = new Map<TrafficOperation, bigint | undefined>()
  readonly #open: (user: TrafficUser, path: string) => RingWriter
  readonly #folder: string
  readonly #counts = { operations: 0, succeeded: 0, failed: 0, cancelled: 0, unfinished: 0, notifications: 0 }

  constructor(folder: string, open: (user: TrafficUser, path: string) => RingWriter) {
    this.#folder = folder
    this.#open = open
    for (const name of ['users', 'administrators']) {
      makeFolder(join(folder, name))
      const [ring] = readdirSync(join(folder, name)).filter((entry) => entry.endsWith('.ring'))
      if (ring !== undefined) throw new Error(`${join(folder, name, ring)} is there already. Give a folder without rings.`)
    }
  }

  write({ operation, phase, record }: TrafficNotification): void {
    const writer = this.#writerOf(operation.user)
    this.#counts.notifications++
    if (phase === 'pre') {
      const sequence = writer.append(record)
      this.#counts.operations++
      if (operation.lostPost) this.#counts.unfinished++
      else this.#pending.set(operation, sequence)
      return
    }
    const context = contextOf(this.#pending.get(operation), record.pointer32)
    this.#pending.delete(operation)
    writer.append({ ...record, context })
    this.#counts[outcomeOf(operation.status)]++
  }

  /** Writes rings that exist in memory only to their files. */
  save(): void {
    for (const [user, writer] of this.#writers) writer.save(this.#paths.get(user)!)
  }

  /** Closes the files; operations without a POST so far have none in these rings. */
  close(): TrafficSummary {
    let overwritten = 0
    for (const writer of this.#writers.values()) {
      overwritten += Math.max(0, Number(writer.head) - writer.slotCount)
      writer.close()
    }
    const unfinished = this.#counts.unfinished + this.#pending.size
    return { ...this.#counts, unfinished, overwritten, rings: [...this.#paths.values()] }
  }

  #writerOf(user: TrafficUser): RingWriter {
    const known = this.#writers.get(user)
    if (known) return known
    const path = join(this.#folder, user.privileged ? 'administrators' : 'users', ringFileName(user.sid))
    const writer = this.#open(user, path)
    this.#writers.set(user, writer)
    this.#paths.set(user, path)
    return writer
  }
}

/**
 * Writes generated traffic as `<SID>.v1.ring` files under `folder/users` and `folder/administrators`, the tree that a tap reads.
 * Byte for byte the same from the same options.
 *
 * @param folder is made when missing.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for an option that is not valid; Error when there is a ring already: only rings of its own making are written.
 */
export function writeRings(folder: string, options: WriteRingsOptions): TrafficSummary {
  mustBeText('folder', folder)
  checkTraffic(options)
  const random = new Random(~options.seed)
  const created = fileTimeOf(options.startTime ?? DEFAULT_START_TIME)
  const traffic = new TrafficWriter(folder, (user) => {
    const geometry = options.slotCountLog2 === undefined ? {} : { slotCountLog2: options.slotCountLog2 }
    return RingWriter.create({ sid: user.sid, fileId: random.u64() | 1n, created, ...geometry })
  })
  for (const notification of generateTraffic(options)) traffic.write(notification)
  traffic.save()
  return traffic.close()
}

const WITHOUT_SLEEP_MAX = 256

/** What `followTraffic()` writes, and until when. */
export interface FollowOptions extends WriteRingsOptions {
  /** Ends the writing. */
  readonly signal?: StopSignal
}

/**
 * Writes generated traffic as {@link writeRings} does, but live: each notification at its time, from now on, into files that a tap can read
 * meanwhile.
 *
 * @throws Error as {@link writeRings}.
 * @returns once all operations are written, or the signal is aborted.
 */
export async function followTraffic(folder: string, options: FollowOptions): Promise<TrafficSummary> {
  mustBeText('folder', folder)
  checkTraffic(options)
  const { signal } = options
  if (signal !== undefined && !isStopSignal(signal)) invalidOption('signal', signal, 'an AbortSignal')
  const startTime = options.startTime ?? systemClock.wall()
  const traffic = new TrafficWriter(folder, (user, path) => {
    const geometry = options.slotCountLog2 === undefined ? {} : { slotCountLog2: options.slotCountLog2 }
    return RingWriter.create({ sid: user.sid, ...geometry }, path)
  })
  let sinceSleep = 0
  for (const notification of generateTraffic({ ...options, startTime })) {
    const early = startTime + notification.atMs - systemClock.wall()
    // Traffic that is behind its time still has to let the signal in now and then.
    if (early > 0 || ++sinceSleep === WITHOUT_SLEEP_MAX) {
      await sleep(Math.max(0, early), signal)
      sinceSleep = 0
    }
    if (signal?.aborted) break
    traffic.write(notification)
  }
  return traffic.close()
}

/** Resolves after `ms`, or when the signal is aborted. */
function sleep(ms: number, signal: StopSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.stop()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = systemClock.timer(done, ms)
    signal?.addEventListener('abort', done, { once: true })
    if (signal?.aborted) done()
  })
}
