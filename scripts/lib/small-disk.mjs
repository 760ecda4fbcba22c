// A disk of a few hundred kilobytes: a file system in memory, mounted where only one process of its own sees it. That process's view of the
// file system is open to us as /proc/<pid>/root.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class SmallDisk {
  #holder
  #ballast

  /** @param {import('node:child_process').ChildProcessWithoutNullStreams} holder */
  constructor(holder) {
    this.#holder = holder
    /** Where it is. */
    this.directory = `/proc/${holder.pid}/root/tmp`
    this.#ballast = join(this.directory, 'ballast')
  }

  /**
   * @param {number} kibibytes
   * @returns {Promise<SmallDisk | string>} a disk, or why this machine gives us none
   */
  static async mount(kibibytes) {
    // Without root's rights, a user namespace of one's own may allow it.
    const namespaces = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user']
    const holder = spawn('unshare', [...namespaces, 'sh'], { stdio: ['pipe', 'pipe', 'pipe'] })
    const failed = once(holder, 'error').then(([error]) => String(error))
    const disk = new SmallDisk(holder)
    const complaint = await Promise.race([failed, disk.#ask(`mount -t tmpfs -o size=${kibibytes}k,mode=777 none /tmp`)])
    if (complaint === '') return disk
    disk.remove()
    return complaint
  }

  /** Runs a command where the disk is mounted. Resolves with what it complained about. @param {string} command */
  async #ask(command) {
    const { stdin, stdout, stderr } = this.#holder
    stdin.on('error', () => {}) // it has ended: the answer below says so
    stdin.write(`complaint=$(${command} 2>&1); echo "[$complaint]"\n`)
    const [answer] = await Promise.race([once(stdout, 'data'), once(stderr, 'data'), once(this.#holder, 'close')])
    const text = String(answer).trim()
    return /^\[(.*)\]$/s.exec(text)?.[1] ?? text
  }

  /** @param {string} options of mount(8). @throws Error when that cannot be done. */
  async #remount(options) {
    const complaint = await this.#ask(`mount -o remount,${options} /tmp`)
    if (complaint) throw new Error(complaint)
  }

  /** @param {number} kibibytes @throws Error when that cannot be done. */
  resize(kibibytes) {
    return this.#remount(`size=${kibibytes}k`)
  }

  /** From now on nobody can write it, or everybody can again. @param {boolean} isReadOnly @throws Error when a file is open for writing. */
  setReadOnly(isReadOnly) {
    return this.#remount(isReadOnly ? 'ro' : 'rw')
  }

  /** Takes all the space that is left. */
  fill() {
    const file = openSync(this.#ballast, 'a')
    try {
      for (;;) writeSync(file, Buffer.alloc(1024))
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  /** Gives it back. */
  empty() {
    rmSync(this.#ballast, { force: true })
  }

  /** The disk goes when nobody has a file on it open. */
  remove() {
    this.#holder.kill('SIGKILL')
  }
}
