// A process of the proof that is started, stopped, killed and started again: in Node, or in Node for Windows under Wine.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { windowsNode } from '../../../scripts/lib/windows-node.mjs'
import { spawnWine, toWindowsPath } from '../../../scripts/lib/wine.mjs'

export class Process {
  #child
  #script
  #settings
  #log
  #isOnWindows

  /**
   * @param {string} script of this folder
   * @param {{ readonly stopFile: string } & Record<string, unknown>} settings what it is told, as JSON in a file beside the one that tells it to end
   * @param {string} log where its complaints go
   */
  constructor(script, settings, log, isOnWindows = false) {
    this.#script = join(import.meta.dirname, script)
    this.#settings = settings
    this.#log = log
    this.#isOnWindows = isOnWindows
    this.start()
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  start() {
    const { stopFile } = this.#settings
    if (existsSync(stopFile)) rmSync(stopFile)
    const told = `${stopFile}.settings`
    writeFileSync(told, JSON.stringify(this.#settings))
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
    if (how === 'SIGTERM') writeFileSync(this.#settings.stopFile, '')
    else this.signal(how)
    await ended
  }
}
