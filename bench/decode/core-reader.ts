// Reads a ring through the core step by step as a tap does (host/reading/reader.ts): header, plan, slots, head again, take. The bytes come
// from memory, which is what the other variants read, or from the file.

import { FROM_SEQUENCE, LEVEL_NOTIFICATION, RING_GOOD } from '../../assembly/abi.ts'
import { HEADER_HEAD } from '../../format/layout.ts'
import { Core } from '../../host/core/core.ts'
import { OpenedBatch } from '../../host/events/batch.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import { UNFINISHED_AFTER_MS } from '../../host/model/defaults.ts'
import type { OpenFile } from '../../host/system/open-file.ts'

/** A ring in memory, in the place of a file. */
export function ringInMemory(ring: Uint8Array): OpenFile {
  return {
    size: ring.length,
    copy(offset, target) {
      target.set(ring.subarray(offset, offset + target.length))
      return true
    },
    close() {},
  }
}

export class CoreReader {
  readonly core: Core
  readonly batch: OpenedBatch
  readonly #file: OpenFile
  #left = 0

  constructor(file: OpenFile, sid: string, filter?: FilterExpression, level: number = LEVEL_NOTIFICATION, seed?: bigint) {
    this.#file = file
    this.core = new Core(level, { unfinishedAfterMs: UNFINISHED_AFTER_MS, ...(seed === undefined ? {} : { seed }) })
    this.batch = new OpenedBatch(this.core, level)
    this.batch.users = [sid]
    this.batch.hosts = [undefined]
    this.batch.fileIds = ['0123456789abcdef']
    this.core.setUser(0, sid)
    if (filter) this.core.setFilter(compileFilter(filter))
  }

  /** Puts the cursor at `first`; next() then goes on until `count` records were read. */
  begin(first: number, count: number): void {
    this.#file.copy(0, this.core.header)
    if (this.core.openRing(0, this.#file.size, FROM_SEQUENCE, first) !== RING_GOOD) throw new Error('the ring is not good')
    this.#left = count
  }

  /** One turn. False when all records were read; otherwise `batch` is filled, perhaps with no row. */
  next(): boolean {
    if (this.#left === 0) return false
    const { core } = this
    this.#file.copy(0, core.header)
    const planned = core.plan(0, 0)
    if (planned <= 0) throw new Error(`the ring ends ${this.#left} records too early`)
    this.#file.copy(core.turn.offset, core.windows[planned]!)
    this.#file.copy(HEADER_HEAD, core.head)
    this.batch.length = core.take(0)
    this.#left -= planned
    return true
  }

  /** Ends the wait of operations without a POST. False when there is none left. */
  expire(): boolean {
    this.batch.length = this.core.endAll()
    return this.batch.length > 0
  }
}
