// Compares snapshots with notifications: which connections of a logon session came or went without one.
//
// A change counts when it is in two snapshots, one after the other, and no notification of it came meanwhile: what happens round a snapshot may
// be told a little later than the snapshot sees it.

import type { Operation } from '../model/events.ts'
import type { Observed, Snapshot } from '../model/observed.ts'

/** Names of which something is noted. A logon session has far fewer; what a program does beyond that makes no noise here. */
const NAMES_MAX = 10_000

const keyOf = (name: string) => name.toLowerCase()
/** A connection is known by its device, or by its remote name where it has none. */
const nameOf = ({ localName, remoteName }: { readonly localName: string | undefined; readonly remoteName: string | undefined }) =>
  keyOf(localName || remoteName || '')

export class Reconciler {
  /** What is taken for there, by name: by snapshot or notification. */
  readonly #known = new Map<string, Observed>()
  /** Changes that a notification told of since the last snapshot, and before it. */
  #told = new Set<string>()
  #toldBefore = new Set<string>()
  /** Changes that one snapshot has shown. */
  #suspects = new Map<string, Observed>()
  #hasBegun = false

  /** An operation of this logon session; others do not concern it. */
  note(operation: Operation): void {
    const { kind, outcome } = operation
    const name = nameOf(operation)
    if (name === '' || this.#told.size >= NAMES_MAX) return
    // Nobody knows what became of one that is unfinished.
    const isUnknown = outcome === 'unfinished'
    if (isUnknown || (outcome === 'succeeded' && kind === 'add')) this.#told.add(`came ${name}`)
    if (isUnknown || (outcome === 'succeeded' && kind === 'cancel')) this.#told.add(`went ${name}`)
  }

  /** What came or went without a notification, as the rows that say so. The first snapshot is what is there. */
  compare({ connections, time }: Snapshot): Observed[] {
    const now = new Map(connections.filter(({ isConnected }) => isConnected).map((row) => [nameOf(row), row]))
    const wasTold = (change: string) => this.#told.has(change) || this.#toldBefore.has(change)
    const changes = new Map<string, Observed>()
    for (const [name, row] of now) {
      const before = this.#known.get(name)
      if (!before || keyOf(before.remoteName) !== keyOf(row.remoteName)) changes.set(name, { ...row, change: 'came' })
    }
    for (const [name, row] of this.#known) {
      if (!now.has(name)) changes.set(name, { ...row, time, isConnected: false, change: 'went' })
    }
    const sure: Observed[] = []
    const suspects = new Map<string, Observed>()
    for (const [name, row] of changes) {
      const suspect = this.#suspects.get(name)
      const isSettled = !this.#hasBegun || wasTold(`${row.change} ${name}`)
      if (!isSettled && suspect?.change !== row.change) {
        suspects.set(name, row)
        continue
      }
      if (!isSettled) sure.push(row)
      if (row.change === 'came') this.#known.set(name, now.get(name)!)
      else this.#known.delete(name)
    }
    this.#suspects = suspects
    this.#toldBefore = this.#told
    this.#told = new Set()
    this.#hasBegun = true
    return sure
  }
}
