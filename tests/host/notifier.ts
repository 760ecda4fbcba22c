// Processes that record as programs with the DLL in them do (tests/dll/notifier.c): the shipped C above a POSIX file layer.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll } from 'vitest'
import { programPath } from '../programs.mjs'

type User = { readonly uid: number; readonly gid: number }
const OURSELVES: User = { uid: process.getuid!(), gid: process.getgid!() }
/** Whoever starts the tests, notifiers are ordinary users: root may open any file. */
const ORDINARY: User = OURSELVES.uid === 0 ? { uid: 65534, gid: 65534 } : OURSELVES

/** Totals of a notifier's notifications. `faults` is a part of `unwritten`: accesses to memory behind which there was no file any more. */
export interface Notified {
  readonly written: number
  readonly unwritten: number
  readonly faults: number
}

export interface JournalEntry {
  readonly fileId: string
  readonly sequence: number
  readonly writer: number
  readonly number: number
}

export class Notifier {
  readonly #id: number
  readonly #journal: string
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<unknown[]>

  constructor(program: string, user: User, id: number, journal: string, options: readonly string[]) {
    this.#id = id
    this.#journal = journal
    const args = ['--id', String(id), '--journal', journal, ...options]
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...user })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#ended = once(this.#child, 'close')
  }

  /** Makes so many notifications. @throws Error when the process died of it. */
  async notify(count: number): Promise<Notified> {
    this.#child.stdin.write(`${count}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the notifier ended with ${this.#child.exitCode ?? this.#child.signalCode}`)
    return JSON.parse(value)
  }

  /** Cuts short what notify() has begun. */
  interrupt(): void {
    this.#child.kill('SIGTERM')
  }

  /** Ends it, which must be clean, and returns what it committed. */
  async end(): Promise<JournalEntry[]> {
    this.#child.stdin.end()
    const [code, signal] = await this.#ended
    if (code !== 0) throw new Error(`the notifier ended with ${code ?? signal}`)
    const lines = readFileSync(this.#journal, 'latin1').split('\n').filter(Boolean)
    return lines.map((line) => {
      const [fileId, sequence, number] = line.split(' ')
      return { fileId: fileId!, sequence: Number(sequence), writer: this.#id, number: Number(number) }
    })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Makes places, and removes them after the tests of a file. */
export class NotifierBed {
  readonly #places: NotifierPlace[] = []
  /** A folder that every user may enter, as the clone's own need not be. */
  #programs = ''

  constructor() {
    beforeAll(() => {
      this.#programs = mkdtempSync(join(tmpdir(), 'mprtap-notifier-'))
      chmodSync(this.#programs, 0o755)
      copyFileSync(programPath('notifier'), join(this.#programs, 'notifier'))
    })
    afterAll(() => {
      for (const place of this.#places) place.remove()
      rmSync(this.#programs, { recursive: true })
    })
  }

  /** @param disk where the rings are to be, if not in a directory of the place's own. */
  place(disk?: string): NotifierPlace {
    const place = new NotifierPlace(join(this.#programs, 'notifier'), disk)
    this.#places.push(place)
    return place
  }
}

/** A directory of rings, and programs that record into it. */
export class NotifierPlace {
  /** Holds `users`. */
  readonly directory: string
  readonly #program: string
  readonly #own: string
  readonly #user: User
  readonly #notifiers: Notifier[] = []

  constructor(program: string, disk: string | undefined) {
    this.#program = program
    this.#own = mkdtempSync(join(tmpdir(), 'mprtap-faults-'))
    this.directory = disk ?? this.#own
    // Only we get to the disk.
    this.#user = disk === undefined ? ORDINARY : OURSELVES
    // Anybody makes files there, as on Windows.
    mkdirSync(join(this.directory, 'users'))
    for (const path of [this.#own, this.directory, join(this.directory, 'users')]) chmodSync(path, 0o777)
  }

  get #stem(): string {
    return join(this.directory, 'users', `S-1-22-1-${this.#user.uid}.v1`)
  }

  /** Path of the programs' ring. */
  get ring(): string {
    return `${this.#stem}.ring`
  }

  /** A program that starts. Its waits for another try are a twentieth of the DLL's. */
  start(...options: readonly string[]): Notifier {
    const id = this.#notifiers.length
    const place = ['--ring', this.#stem, '--clock-rate', '20']
    const notifier = new Notifier(this.#program, this.#user, id, join(this.#own, `journal-${id}`), [...place, ...options])
    this.#notifiers.push(notifier)
    return notifier
  }

  remove(): void {
    for (const notifier of this.#notifiers) notifier.kill()
    rmSync(this.#own, { recursive: true, force: true })
  }
}
