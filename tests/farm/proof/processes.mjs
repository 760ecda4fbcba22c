// A process of the proof that is started, stopped, killed and started again: in Node, or in Node for Windows under Wine.
import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { windowsNode } from '../../../scripts/lib/windows-node.mjs'
import { spawnWine, toWindowsPath } from '../../../scripts/lib/wine.mjs'

export class Process {
  #child
  #script
  #stopFile
  #settings
  #log
  #isOnWindows

  /**
   * @param {string} script of this folder
   * @param {string} stopFile which tells it to end; what else it is told is in a file beside it, as JSON
   * @param {Record<string, unknown>} settings
   * @param {string} log where its complaints go
   */
  constructor(script, stopFile, settings, log, isOnWindows = false) {
    this.#script = join(import.meta.dirname, script)
    this.#stopFile = stopFile
    this.#settings = settings
    this.#log = log
    this.#isOnWindows = isOnWindows
    this.start()
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  start() {
    rmSync(this.#stopFile, { force: true })
    const told = `${this.#stopFile}.settings`
    const stopFile = this.#isOnWindows ? toWindowsPath(this.#stopFile) : this.#stopFile
    writeFileSync(told, JSON.stringify({ ...this.#settings, stopFile }))
    const log = openSync(this.#log, 'a')
    this.#child = this.#isOnWindows
      ? spawnWine(windowsNode, [this.#script, told].map(toWindowsPath), { stdout: log, stderr: log })
      : spawn(process.execPath, [this.#script, told], { stdio: ['ignore', log, log] })
    closeSync(log)
  }

  signal(name) {
    if (this.isRunning) process.kill(this.#child.pid, name)
  }

  /** Resolves when it has ended: by force, or in good order. A program under Wine hears of no signal, so that a file tells it. */
  async stop(how) {
    if (!this.isRunning) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.signal('SIGCONT')
    if (how === 'SIGTERM') writeFileSync(this.#stopFile, '')
    else this.signal(how)
    await ended
  }
}
