// Counts operations of a host's rings by server and error beside the forwarder, and publishes the sums in the place of the last ones. What was counted
// is saved together with where it was counted up to, before it is published, so that nothing is counted twice or left out over a restart.
//
//      rings ──► core (counts, makes no rows) ──► what was saved + what was counted since ──► file, synced ──► bucket
//                                                            ▲                                  │
//                                                            └────── read at the start ◄────────┘

import { BY_ERROR, BY_SERVER, LEVEL_OPERATION, ROWS_MAX } from '../../assembly/abi.ts'
import { HOST_GROUPS_MAX, type HostStatistics, packStatistics, plainStatistics, statisticsIn } from '../analysis/host-statistics.ts'
import { MergedGroups } from '../analysis/merged-groups.ts'
import { type ContentFault, checkpointIn, checkpointText, readKept, replaceFile } from '../consumers/checkpoint-file.ts'
import { Core } from '../core/core.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Clock } from '../model/clock.ts'
import { type CountedGroup, NO_OUTCOMES, outcomesTogether } from '../model/counted-group.ts'
import { UNFINISHED_AFTER_MS } from '../model/defaults.ts'
import type { Finder } from '../model/source.ts'
import { GoneProcesses } from '../reading/gone-processes.ts'
import { Pace } from '../reading/pace.ts'
import { Round } from '../reading/round.ts'
import { ALL_ROWS, SourceSet } from '../reading/source-set.ts'
import { isProcessGone } from '../system/processes.ts'

/** How often the rings are looked at when little comes, ms. */
const LOOK_MS = 1000
/** A look before that when the forwarder has read this number of records: a quarter of a ring as it is made. */
const READ_MAX = 256
const COUNTER_MAX = 0xffff_ffff
/** Rings whose positions are kept, those that were open last: as many again as can be open. Others are gone. */
const RINGS_KEPT = 4096

export interface StatisticsSettings {
  readonly finders: readonly Finder[]
  /** The file that keeps what was counted. */
  readonly path: string
  readonly everyMs: number
  readonly clock: Clock
  readonly tell: (text: string) => void
  /** Puts the value in the place of the last one. @throws when it is not known to be there; the next one says the same and more. */
  readonly publish: (value: Uint8Array) => Promise<void>
  readonly random?: () => number
}

interface Saved {
  readonly rings: readonly Position[]
  readonly statistics: HostStatistics | undefined
}

const NOTHING: Saved = { rings: [], statistics: undefined }

export class StatisticsCounter {
  readonly #settings: StatisticsSettings
  readonly #core = new Core(LEVEL_OPERATION, { unfinishedAfterMs: UNFINISHED_AFTER_MS })
  readonly #sources: SourceSet
  readonly #round: Round
  readonly #gone = new GoneProcesses(this.#core, isProcessGone)
  /** What was counted by earlier processes. */
  readonly #before: HostStatistics | undefined
  /** By file id: where counting stood; rings that were open last are the last. */
  readonly #positions: Map<string, Position>
  #publishAt: number
  #read = 0
  #isStopped = false
  #wake = () => {}
  #counting: Promise<void> = Promise.resolve()
  #fault = ''

  /** @throws MprtapError when the sources cannot be looked at, or the file cannot be read. */
  constructor(settings: StatisticsSettings) {
    this.#settings = settings
    const { path, finders, clock, everyMs, tell, random = Math.random } = settings
    const { rings, statistics } = readKept(path, ({ text }) => tell(text), savedIn) ?? NOTHING
    this.#before = statistics
    this.#positions = new Map(rings.map((position) => [position.fileId, position]))
    const positionOf = (fileId: string) => this.#positions.get(fileId)
    this.#core.startStatistics([BY_SERVER, BY_ERROR])
    this.#core.setQuiet(true)
    // What is wrong with the sources the forwarder tells.
    const reading = { from: 'oldest', level: 'operation', onLoss: undefined, onDiagnostic: undefined, positionOf } as const
    this.#sources = new SourceSet(this.#core, finders, reading, clock)
    this.#sources.discover()
    this.#round = new Round(this.#core, this.#sources, new Pace(clock), this.#gone, clock, () => {})
    // So that not all hosts publish in one moment.
    this.#publishAt = clock.now() + everyMs * random()
  }

  /** The forwarder has read this number of records. */
  read(records: number): void {
    this.#read += records
    if (this.#read >= READ_MAX) this.#wake()
  }

  /** Counts until finish() is called. */
  run(): void {
    this.#counting = this.#go()
  }

  /** Counts what is there, publishes it and lets go of the sources. */
  async finish(): Promise<void> {
    this.#isStopped = true
    this.#wake()
    await this.#counting
    try {
      await this.#count()
      await this.#publish()
    } catch (error) {
      this.#complain(error)
    }
    this.close()
  }

  close(): void {
    this.#isStopped = true
    this.#wake()
    this.#round.stop()
    this.#sources.close()
  }

  async #go(): Promise<void> {
    const { clock, everyMs } = this.#settings
    while (!this.#isStopped) {
      try {
        await this.#count()
        if (clock.now() >= this.#publishAt) {
          this.#publishAt = clock.now() + everyMs
          await this.#publish()
        }
      } catch (error) {
        this.#complain(error)
      }
      await this.#rest()
    }
  }

  async #count(): Promise<void> {
    const { clock } = this.#settings
    this.#read = 0
    this.#sources.discover()
    await this.#round.drain()
    const now = clock.now()
    while (this.#core.expire(now) === ROWS_MAX);
    while (this.#gone.look(now) === ROWS_MAX);
  }

  #rest(): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#settings.clock.timer(() => this.#wake(), LOOK_MS, { idle: true })
      this.#wake = () => {
        timer.stop()
        this.#wake = () => {}
        resolve()
      }
    })
  }

  /** All that was counted on this host; what waits for its end is not. */
  #statistics(): HostStatistics {
    const before = this.#before
    const at = Math.round(this.#settings.clock.wall())
    const { overrun, abandoned, corrupt, from } = this.#sources.account()
    const { succeeded, failed, cancelled, unfinished } = this.#core.totals()
    const groups = { server: this.#groups('server', BY_SERVER), error: this.#groups('error', BY_ERROR) }
    return {
      since: before?.since ?? Math.floor(Math.max(Math.min(from, at), 0)),
      at,
      lost: (before?.lost ?? 0) + overrun + abandoned + corrupt + this.#sources.beginningsGone,
      isFull: before?.isFull === true || [...groups.server, ...groups.error].some(isFull),
      outcomes: outcomesTogether(before?.outcomes ?? NO_OUTCOMES, [succeeded, failed, cancelled, unfinished]),
      groups,
    }
  }

  #groups(by: 'server' | 'error', kind: number): CountedGroup[] {
    const merged = new MergedGroups(HOST_GROUPS_MAX)
    for (const group of this.#before?.groups[by] ?? []) merged.add(group)
    for (const group of this.#core.countedGroups(kind)) merged.add(group)
    return merged.groups()
  }

  async #publish(): Promise<void> {
    const { path, publish } = this.#settings
    const statistics = this.#statistics()
    for (const position of this.#sources.positions(ALL_ROWS, undefined)) {
      this.#positions.delete(position.fileId)
      // A path has the name of a user in it; the ring's id is enough.
      this.#positions.set(position.fileId, { ...position, path: '' })
    }
    const gone = [...this.#positions.keys()].slice(0, -RINGS_KEPT)
    for (const fileId of gone) this.#positions.delete(fileId)
    // Saved first: what was published and is not known here would be counted once more after a restart.
    await replaceFile(path, checkpointText('statistics', [...this.#positions.values()], { statistics: plainStatistics(statistics) }))
    // A report over the records says that what waits is unfinished, too.
    await publish(packStatistics(this.#core.asIfEnded(() => this.#statistics())))
    this.#fault = ''
  }

  /** Each fault is reported once: the next value says all that this one did. */
  #complain(error: unknown): void {
    const { message } = error as Error
    if (message === this.#fault) return
    this.#fault = message
    this.#settings.tell(`Statistics are not published now: ${message}.`)
  }
}

function isFull({ outcomes }: CountedGroup): boolean {
  return outcomes.some((count) => count >= COUNTER_MAX)
}

/** Positions and counts belong together: one without the other is not a file of ours. */
function savedIn(found: unknown): Saved | ContentFault | 'newer' {
  const checkpoint = checkpointIn(found)
  if (checkpoint === 'newer' || 'fault' in checkpoint) return checkpoint
  const statistics = statisticsIn((found as { statistics?: unknown }).statistics)
  if (statistics === 'newer') return 'newer'
  return typeof statistics === 'string' ? { fault: 'its statistics are damaged' } : { rings: checkpoint.rings, statistics }
}
