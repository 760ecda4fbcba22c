// A disk of a few hundred kilobytes: a file system in memory, mounted where only one process of its own sees it. That process's view of the
// file system is open to us as /proc/<pid>/root.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class SmallDisk {
  /** Where it is. */
  readonly directory: string
  readonly #holder: ChildProcess
  readonly #ballast: string

  private constructor(holder: ChildProcess) {
    this.#holder = holder
    this.directory = `/proc/${holder.pid}/root/tmp`
    this.#ballast = join(this.directory, 'ballast')
  }

  /** A disk, or why this machine gives us none. */
  static async mount(kibibytes: number): Promise<SmallDisk | string> {
    // Without root's rights, a user namespace of one's own may allow it.
    const namespaces = process.getuid!() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user']
    const holder = spawn('unshare', [...namespaces, 'sh'], { stdio: ['pipe', 'pipe', 'pipe'] })
    const failed = once(holder, 'error').then(([error]) => String(error))
    const disk = new SmallDisk(holder)
    const complaint = await Promise.race([failed, disk.#ask(`mount -t tmpfs -o size=${kibibytes}k,mode=777 none /tmp`)])
    if (complaint === '') return disk
    disk.remove()
    return complaint
  }

  /** Runs a command where the disk is mounted. Resolves with what it complained about. */
  async #ask(command: string): Promise<string> {
    const { stdin, stdout, stderr } = this.#holder
    stdin!.on('error', () => {}) // it has ended: the answer below says so
    stdin!.write(`complaint=$(${command} 2>&1); echo "[$complaint]"\n`)
    const [answer] = await Promise.race([once(stdout!, 'data'), once(stderr!, 'data'), once(this.#holder, 'close')])
    const text = String(answer).trim()
    return /^\[(.*)\]$/s.exec(text)?.[1] ?? text
  }

  /** @throws Error when that cannot be done. */
  async resize(kibibytes: number): Promise<void> {
    const complaint = await this.#ask(`mount -o remount,size=${kibibytes}k /tmp`)
    if (complaint) throw new Error(complaint)
  }

  /** Takes all the space that is left. */
  fill(): void {
    const file = openSync(this.#ballast, 'a')
    try {
      for (;;) writeSync(file, Buffer.alloc(1024))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  /** Gives it back. */
  empty(): void {
    rmSync(this.#ballast, { force: true })
  }

  /** The disk goes when nobody has a file on it open. */
  remove(): void {
    this.#holder.kill('SIGKILL')
  }
}
