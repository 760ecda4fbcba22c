// Names of accounts without waiting for them: a known name is given at once, an unknown one is looked up meanwhile, one account at a time.
//
// A look-up may take as long as a domain controller takes to answer, or not to. It happens in a process of its own (helper.ts), so that
// neither the reader nor the end of this process waits for it.

import type { AccountDirectory, AccountName } from '../model/accounts.ts'
import type { Clock } from '../model/clock.ts'
import { AccountHelper } from './account-helper.ts'
import { systemClock } from './clock.ts'

/** Names that are kept. The ones that were asked for least lately make room. */
const NAMES_MAX = 4096
/** SIDs that wait for their look-up. More than these are not noted: the caller asks again. */
const QUEUE_MAX = 1024
/** How long one look-up may take, ms. */
const LIMIT_MS = 15_000
/** "No such account" and silence are not kept as answers: the same account is asked for again, at the earliest after this time, ms. */
const AGAIN_MS = 30_000

export class Accounts {
  readonly #directory: AccountDirectory
  readonly #clock: Clock
  readonly #names = new Map<string, AccountName>()
  readonly #queue = new Set<string>()
  /** When a SID without an answer may be asked for again. */
  readonly #again = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  #isAsking = false

  constructor(directory: AccountDirectory, clock: Clock) {
    this.#directory = directory
    this.#clock = clock
  }

  /** The account of this SID if it is known, at once. Else it is looked up, so that a later call may know it. */
  nameOf(sid: string): AccountName | undefined {
    const known = this.#names.get(sid)
    if (!known) {
      this.#want(sid)
      return undefined
    }
    // To the end of the line: the first of the map is the one that makes room.
    this.#names.delete(sid)
    this.#names.set(sid, known)
    return known
  }

  /** The accounts that are known when all of these SIDs were looked up, or after `limitMs`. */
  async namesOf(sids: Iterable<string>, limitMs: number): Promise<ReadonlyMap<string, AccountName>> {
    const wanted = [...new Set(sids)]
    const unknown = () => wanted.some((sid) => this.nameOf(sid) === undefined && this.#isPending(sid))
    if (unknown()) {
      await new Promise<void>((resolve) => {
        const done = () => {
          timer.stop()
          this.#waiting.delete(look)
          resolve()
        }
        const look = () => void (unknown() || done())
        const timer = this.#clock.timer(done, limitMs)
        this.#waiting.add(look)
      })
    }
    return new Map(wanted.map((sid) => [sid, this.#names.get(sid)] as const).filter((pair): pair is [string, AccountName] => !!pair[1]))
  }

  /** The SID of an account's name: `undefined` when there is no such account, `late` when there was no answer in time. */
  async sidOf(name: string, limitMs = LIMIT_MS): Promise<string | undefined | 'late'> {
    const awake = this.#clock.timer(() => {}, 2 * limitMs)
    const answer = await this.#directory.ask({ name }, limitMs)
    awake.stop()
    if ('found' in answer) return answer.found
    return answer.failed === 'late' ? 'late' : undefined
  }

  close(): void {
    this.#queue.clear()
    this.#directory.stop()
    for (const look of this.#waiting) look()
  }

  /** It waits for its turn, or is being looked up. */
  #isPending(sid: string): boolean {
    return this.#queue.has(sid)
  }

  #want(sid: string): void {
    if (this.#queue.has(sid) || this.#queue.size >= QUEUE_MAX || this.#clock.now() < (this.#again.get(sid) ?? 0)) return
    this.#queue.add(sid)
    if (!this.#isAsking) void this.#askAll()
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    for (const [sid] of this.#queue.entries()) {
      const answer = await this.#directory.ask({ sid }, LIMIT_MS)
      this.#queue.delete(sid)
      if ('found' in answer) keep(this.#names, sid, { name: answer.found, at: this.#clock.wall() })
      else keep(this.#again, sid, this.#clock.now() + AGAIN_MS)
      for (const look of this.#waiting) look()
    }
    this.#isAsking = false
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  if (map.size >= NAMES_MAX) map.delete(map.keys().next().value!)
  map.set(key, value)
}

/** This machine's accounts. On other systems than Windows no name is known. */
export const accounts = new Accounts(new AccountHelper(), systemClock)

/** The SID of an account's name, as Windows knows it; `nobody`: this is another system, where nobody can be asked. */
export const findSid = async (name: string) => (process.platform === 'win32' ? accounts.sidOf(name) : 'nobody')
