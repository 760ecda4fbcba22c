// A ring of its own that a mutator scribbles hostile bytes into, and a reader that has to go on living.
import { existsSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { RING_NAME } from './names.mjs'
import { Victim } from './processes.mjs'

const HANG_MS = 15_000
const LOG_MAX = 1 << 26

export class Mutation {
  #mutator
  #reader
  #log
  #size = 0
  #beat = performance.now()

  constructor(directory, { programs, index, seed, slotsLog2 }) {
    const users = join(directory, 'users')
    mkdirSync(users, { recursive: true })
    const args = ['--ring', join(users, RING_NAME), '--slots-log2', String(slotsLog2), '--seed', String(seed)]
    this.#mutator = new Victim(programs.mutator, args, { cwd: users })
    this.#log = join(directory, 'log')
    const reader = [join(import.meta.dirname, 'reader.mjs'), index, directory, this.#log, 'batches']
    this.#reader = new Victim(process.execPath, reader, { stdio: 'ignore' })
  }

  /** Whether the reader's event loop has not turned for long. What it delivers is the mutator's affair. */
  isHung() {
    const size = existsSync(this.#log) ? statSync(this.#log).size : 0
    if (size !== this.#size) this.#beat = performance.now()
    this.#size = size
    if (size > LOG_MAX) truncateSync(this.#log)
    return performance.now() - this.#beat > HANG_MS
  }

  /** Ends both. Returns how many had crashed. */
  async end() {
    this.#mutator.send('SIGKILL')
    this.#reader.send('SIGKILL')
    const ends = [await this.#mutator.end(), await this.#reader.end()]
    return ends.filter(({ isCrash }) => isCrash).length
  }
}
