// The machine from which somebody uses a remote desktop session of this machine ("WTSQuerySessionInformationW function", WTSClientName).
//
// The question goes to the session manager and may take its time. So it is asked in a process of its own (helper.ts): a name that is known is
// given at once, another one is looked up meanwhile.

import type { Clock } from '../model/clock.ts'
import { systemClock } from './clock.ts'
import { Helper } from './helper.ts'

/** A name has 20 units at most. */
const ANSWER = `
const wtsapi32 = koffi.load('wtsapi32.dll')
const query = wtsapi32.func('int __stdcall WTSQuerySessionInformationW(intptr_t, uint32_t, int, _Out_ void **, _Out_ uint32_t *)')
const free = wtsapi32.func('void __stdcall WTSFreeMemory(void *)')
const WTS_CLIENT_NAME = 10, UNITS_MAX = 64
function answer(session) {
  const text = [null], bytes = [0]
  if (query(0, session, WTS_CLIENT_NAME, text, bytes) === 0) return {}
  const units = Math.min(bytes[0] >> 1, UNITS_MAX)
  const name = units > 0 ? koffi.decode(text[0], 'char16_t', units).split('\\0')[0] : ''
  free(text[0])
  return { name }
}
`

/** Sessions whose clients are kept. The ones that were looked up first make room. */
const SESSIONS_MAX = 256
/** Sessions that wait for their look-up. More than these are not noted: the caller asks again. */
const QUEUE_MAX = 64
/** How long one look-up may take, ms. */
const LIMIT_MS = 5_000
/** A session may be used from another machine now: it is asked for again after so long, ms. */
const AGAIN_MS = 30_000

/** The name for the session of that id: '' at the console; `undefined`: not known. */
type Ask = (session: number) => Promise<string | undefined>

export class SessionClients {
  readonly #ask: Ask
  readonly #clock: Clock
  readonly #known = new Map<number, { readonly name: string | undefined; readonly until: number }>()
  readonly #queue = new Set<number>()
  #isAsking = false

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask
    this.#clock = clock
  }

  /** The client's name if it is known, at once. Else it is looked up, so that a later call may know it. */
  nameOf(session: number): string | undefined {
    const known = this.#known.get(session)
    const isOld = known === undefined || this.#clock.now() >= known.until
    if (isOld && this.#queue.size < QUEUE_MAX) {
      this.#queue.add(session)
      if (!this.#isAsking) void this.#askAll()
    }
    return known?.name || undefined
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    for (const session of this.#queue) {
      const name = await this.#ask(session)
      this.#queue.delete(session)
      this.#known.delete(session)
      if (this.#known.size >= SESSIONS_MAX) this.#known.delete(this.#known.keys().next().value!)
      this.#known.set(session, { name, until: this.#clock.now() + AGAIN_MS })
    }
    this.#isAsking = false
  }
}

/** Asks Windows. @param koffi for tests: what is loaded as koffi. */
export function askWindows(koffi?: string): { readonly ask: Ask; stop(): void } {
  const helper = new Helper<number, { readonly name?: string }>(ANSWER, koffi)
  const ask = async (session: number) => {
    const answer = await helper.ask(session, LIMIT_MS, true)
    return answer === 'late' ? undefined : answer?.name
  }
  return { ask, stop: () => helper.stop() }
}

/** This machine's sessions. On other systems than Windows no client is known. */
export const sessionClients = new SessionClients(askWindows().ask, systemClock)
