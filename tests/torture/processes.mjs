// The torture's processes: spawned, and told apart by whether they ended as they were made to.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process that is expected to live until it is told otherwise. */
export class Victim {
  #child
  #ended
  #sent = new Set()
  isStopped = false

  /** @param options of spawn(); @param ownEnds signals that the process may send itself. */
  constructor(program, args, options = {}, ownEnds = []) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
    this.#ended = once(this.#child, 'close')
    for (const signal of ownEnds) this.#sent.add(signal)
  }

  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  send(signal) {
    if (!this.isAlive) return
    if (signal !== 'SIGCONT' && signal !== 'SIGSTOP') this.#sent.add(signal)
    this.isStopped = signal === 'SIGSTOP'
    this.#child.kill(signal)
  }

  /** Waits for the end. A crash is a signal that nobody sent, or an exit code. */
  async end() {
    const [code, signal] = await this.#ended
    return { signal, isCrash: signal === null ? code !== 0 : !this.#sent.has(signal) }
  }
}

/** A seeded source of chance. */
export function chanceFrom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0
    let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32
  }
  return {
    below: (limit) => Math.floor(next() * limit),
    oneIn: (times) => next() * times < 1,
    of: (list) => list[Math.floor(next() * list.length)],
  }
}
