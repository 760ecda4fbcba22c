// Reads a tap of the notifiers' rings and takes down all that it says: what arrived, what is lost, what is wrong.

import { join } from 'node:path'
import { expect } from 'vitest'
import { type Loss, type Notification, openTap, type Tap } from '../../host/index.ts'
import type { Diagnostic } from '../../host/model/diagnostic.ts'
import type { JournalEntry } from './notifier.ts'
import { until } from './rings-on-disk.ts'

const { isWhole } = await import(join(import.meta.dirname, '../torture/content.mjs'))

export class Witness {
  readonly losses: Loss[] = []
  readonly diagnostics: string[] = []
  readonly #delivered = new Map<string, number>()
  #events!: AsyncIterator<Notification>
  #reading: Promise<void> = Promise.resolve()
  #torn = 0
  #failure: Error | undefined
  tap!: Tap<Notification>

  /** A tap of all rings below a directory, from the oldest record. Nothing is read until read() or follow(). */
  static async open(directory: string): Promise<Witness> {
    const witness = new Witness()
    const { losses, diagnostics } = witness
    const onLoss = (loss: Loss) => void losses.push(loss)
    const onDiagnostic = ({ text }: Diagnostic) => void diagnostics.push(text)
    witness.tap = await openTap({ sources: [directory], level: 'notification', from: 'oldest', onLoss, onDiagnostic })
    witness.#events = witness.tap[Symbol.asyncIterator]()
    return witness
  }

  /** The next `count` notifications. */
  async read(count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.#take((await this.#events.next()).value)
  }

  /** Reads from now on, until the tap is closed. */
  follow(): void {
    this.#reading = (async () => {
      for (;;) {
        const { value, done } = await this.#events.next()
        if (done) return
        this.#take(value)
      }
    })()
    this.#reading.catch((error: Error) => {
      this.#failure = error
    })
  }

  /** Resolves once `condition` holds. @throws what the tap threw meanwhile. */
  async until(condition: () => boolean): Promise<void> {
    await until(() => this.#failure !== undefined || condition())
    if (this.#failure) throw this.#failure
  }

  #take({ flags, sessionId, phase, status, remoteName, localName, process }: Notification): void {
    const { id, threadId: number, image } = process
    if (!isWhole(id, number, { flags, sessionId, phase, status, remoteName, localName, image })) this.#torn++
    const key = `${id} ${number}`
    this.#delivered.set(key, (this.#delivered.get(key) ?? 0) + 1)
  }

  has({ writer, number }: JournalEntry): boolean {
    return this.#delivered.has(`${writer} ${number}`)
  }

  get delivered(): number {
    return this.#delivered.size
  }

  get lost(): number {
    return this.losses.reduce((sum, { first, count }) => (first === undefined ? sum : sum + count), 0)
  }

  /** Waits for that much, then closes the tap, and gives the account: nothing may be torn, repeated or delivered without having been written. */
  async close(enough: () => boolean, journal: readonly JournalEntry[]) {
    await this.until(enough)
    await this.tap.close()
    await this.#reading
    const stats = this.tap.stats()
    expect(this.lost).toBe(stats.lost)
    expect(this.#torn).toBe(0)
    expect([...this.#delivered.values()].filter((times) => times > 1)).toEqual([])
    const written = new Set(journal.map(({ writer, number }) => `${writer} ${number}`))
    expect([...this.#delivered.keys()].filter((key) => !written.has(key))).toEqual([])
    const { overrun, abandoned, corrupt } = stats
    return { delivered: this.delivered, overrun, abandoned, corrupt }
  }
}
