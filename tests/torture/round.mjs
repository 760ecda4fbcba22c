// A few seconds of torture: producers and a reader that are killed, stopped and restarted at random, then an end at which everything is judged.
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Judge, readJournal } from './judge.mjs'
import { Victim } from './processes.mjs'

const POINTS = ['after-claim', 'after-stamp', 'mid-copy', 'before-commit', 'after-commit']
/** How fast producers write: without breath, so that the reader is lapped again and again; in bursts; or so slowly that holes are waited for. */
const PACES = {
  bursts: { slotsOfBurst: 0.5, pauseMs: 10, dieIn: 20_000, wakeOneIn: 9 },
  calm: { slotsOfBurst: 0.01, pauseMs: 50, dieIn: 200, wakeOneIn: 25 },
  flood: { slotsOfBurst: 0, pauseMs: 0, dieIn: 200_000, wakeOneIn: 6 },
}

const HANG_MS = 15_000
/** HEADER_HEAD, as dll/ring_layout.h has it. */
const HEAD_OFFSET = Number(/MPRTAP_HEADER_HEAD +(\d+)/.exec(readFileSync(join(import.meta.dirname, '../../dll/ring_layout.h'), 'utf8'))[1])

export function headOf(ring) {
  if (!existsSync(ring)) return 0
  const bytes = Buffer.alloc(8)
  const file = openSync(ring, 'r')
  readSync(file, bytes, 0, 8, HEAD_OFFSET)
  closeSync(file)
  return Number(bytes.readBigUInt64LE())
}

export function cursorOf(directory) {
  const path = join(directory, 'consumers/torture.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rings[0] : undefined
}

export const paces = Object.keys(PACES)

/** What a round shares with the others: where things are, the options, chance, and the counts that go on. */
export class Round {
  #world
  #journals = []
  #readers = []
  #producers = []
  #reader
  #base
  #pace

  constructor(world, pace = 'flood') {
    this.#world = world
    this.#pace = PACES[pace]
    this.#base = headOf(world.ring)
  }

  /**
   * Makes the ring, with one record in it, and the consumer's cursor behind that: what was there before a consumer's first tap is nobody's loss, so
   * there shall be nothing.
   */
  static async prime(world) {
    const round = new Round(world)
    const { victim } = round.#startProducer(1)
    await victim.end()
    round.#startReader(true)
    await round.#drain()
    await round.#endReader('SIGTERM')
    round.#judge()
  }

  async run(milliseconds) {
    const { chance, options, counts } = this.#world
    this.#startReader(true)
    for (let i = 0; i < options.producers; i++) this.#producers.push(this.#startProducer())
    const end = performance.now() + milliseconds
    while (performance.now() < end) {
      await delay(options.kills ? 5 + chance.below(120) : 100)
      if (options.kills) await this.#disturb()
      if (this.#isHung(end)) {
        counts.readerHangs++
        break
      }
      if (options.records && !this.#producers.some(({ victim }) => victim.isAlive)) break
    }
    for (const producer of this.#producers) await this.#endProducer(producer, 'SIGTERM')
    await this.#drain()
    await this.#endReader('SIGTERM')
    return this.#judge()
  }

  async #disturb() {
    const { chance, counts } = this.#world
    const at = chance.below(this.#producers.length)
    const { victim } = this.#producers[at]
    if (!victim.isAlive || chance.oneIn(4)) {
      await this.#endProducer(this.#producers[at], 'SIGKILL')
      this.#producers[at] = this.#startProducer()
    } else if (chance.below(100) < 25) {
      victim.send('SIGSTOP')
    }
    // Those that stopped themselves are woken, too; some sleep for longer than a hole is waited for.
    for (const producer of this.#producers) if (chance.oneIn(this.#pace.wakeOneIn)) producer.victim.send('SIGCONT')
    if (chance.oneIn(30)) {
      const clean = chance.oneIn(3)
      await this.#endReader(clean ? 'SIGTERM' : 'SIGKILL')
      this.#startReader(clean)
      counts.readerRestarts++
    } else if (chance.oneIn(25)) {
      this.#reader.victim.send(this.#reader.victim.isStopped ? 'SIGCONT' : 'SIGSTOP')
    } else if (this.#reader.victim.isStopped && chance.oneIn(3)) {
      this.#reader.victim.send('SIGCONT')
      this.#reader.beat = performance.now()
    }
  }

  #startProducer(records = this.#world.options.records) {
    const { chance, options, counts, programs, ring, directory } = this.#world
    const id = ++counts.writers
    const journal = join(directory, `journal-${id}`)
    const args = ['--ring', ring, '--slots-log2', String(options.slotsLog2), '--journal', journal, '--id', String(id)]
    if (records) args.push('--records', String(records))
    const { slotsOfBurst, pauseMs, dieIn } = this.#pace
    const burst = Math.ceil((slotsOfBurst * 2 ** options.slotsLog2 * (1 + chance.below(100))) / 100)
    if (burst > 0) args.push('--burst', String(burst), '--pause', String(Math.ceil(pauseMs * (500 + chance.below(1000)))))
    // Half of them kill or stop themselves, in the midst of a write.
    const self = options.kills && records !== 1 && chance.oneIn(2)
    if (self) args.push('--at', chance.of(POINTS), '--do', chance.of(['kill', 'stop']), '--in', String(chance.below(dieIn)))
    this.#journals.push({ id, journal })
    return { victim: new Victim(programs.producer, args, {}, self ? ['SIGKILL'] : []), self }
  }

  async #endProducer({ victim }, signal) {
    victim.send('SIGCONT')
    victim.send(signal)
    // One that has stopped itself gets SIGTERM only when it goes on.
    const waking = setInterval(() => victim.send('SIGCONT'), 50)
    await this.#count(victim)
    clearInterval(waking)
  }

  #startReader(isAfterCleanEnd) {
    const { chance, counts, index, directory } = this.#world
    const log = join(directory, `log-${counts.readers++}`)
    const start = cursorOf(directory)?.next ?? 0
    const args = [join(import.meta.dirname, 'reader.mjs'), index, directory, log, chance.of(['events', 'batches'])]
    this.#reader = { victim: new Victim(process.execPath, args), log, start, isAfterCleanEnd, size: -1, beat: performance.now() }
    this.#readers.push(this.#reader)
  }

  async #endReader(signal) {
    const { counts } = this.#world
    const { victim } = this.#reader
    // A reader that has not come to listen for SIGTERM yet dies of it, which is no clean end and no crash.
    while (signal === 'SIGTERM' && victim.isAlive && !existsSync(this.#reader.log)) {
      victim.send('SIGCONT')
      await delay(20)
    }
    victim.send('SIGCONT')
    victim.send(signal)
    const hang = setTimeout(() => {
      counts.readerHangs++
      victim.send('SIGKILL')
    }, HANG_MS)
    await this.#count(victim)
    clearTimeout(hang)
  }

  async #count(victim) {
    const { counts } = this.#world
    const { signal, isCrash } = await victim.end()
    if (signal === 'SIGKILL') counts.kills++
    if (isCrash) counts.crashes++
  }

  /** Whether the reader's log has not grown for long: it beats even when it reads nothing. */
  #isHung() {
    const { victim, log } = this.#reader
    const size = existsSync(log) ? statSync(log).size : 0
    if (size !== this.#reader.size || victim.isStopped) Object.assign(this.#reader, { size, beat: performance.now() })
    return performance.now() - this.#reader.beat > HANG_MS
  }

  /** Lets the reader come to the end of the ring. */
  async #drain() {
    const { counts, directory, ring } = this.#world
    this.#reader.victim.send('SIGCONT')
    const head = headOf(ring)
    let next = 0
    let moved = performance.now()
    while (next < head) {
      const before = next
      next = cursorOf(directory)?.next ?? 0
      if (next !== before) moved = performance.now()
      if (performance.now() - moved > HANG_MS || !this.#reader.victim.isAlive) {
        counts.readerHangs++
        return
      }
      await delay(50)
    }
  }

  #judge() {
    const { ring } = this.#world
    const judge = new Judge(this.#base, headOf(ring))
    for (const { id, journal } of this.#journals) {
      if (!existsSync(journal)) continue
      judge.journal(id, readJournal(journal))
      rmSync(journal)
    }
    let delivered = -1
    for (const { log, start, isAfterCleanEnd } of this.#readers) {
      const before = isAfterCleanEnd ? delivered : -1
      delivered = existsSync(log) ? judge.reader(log, start, before) : -1
      rmSync(log, { force: true })
    }
    judge.finish()
    return judge
  }
}
