// A process of the proof that is started, stopped, killed and started again.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

export class Process {
  #child
  #script
  #settings
  #log

  /** @param script of this folder; @param settings what it is told, as JSON; @param log where its complaints go */
  constructor(script, settings, log) {
    this.#script = join(import.meta.dirname, script)
    this.#settings = JSON.stringify(settings)
    this.#log = log
    this.start()
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  start() {
    const log = openSync(this.#log, 'a')
    this.#child = spawn(process.execPath, [this.#script, this.#settings], { stdio: ['ignore', log, log] })
    closeSync(log)
  }

  signal(name) {
    if (this.isRunning) process.kill(this.#child.pid, name)
  }

  /** Resolves when it has ended. */
  async stop(signal) {
    if (!this.isRunning) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.signal('SIGCONT')
    this.signal(signal)
    await ended
  }
}
