// A source that a test controls: its records, and the clock of the tap that reads it.

import { HEADER_HEAD, HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import { readOptions } from '../model/options.ts'
import type { RecordInput } from '../model/record.ts'
import type { Finder, Found, Origin, Source, TestSource } from '../model/source.ts'
import { FakeClock } from './fake-clock.ts'
import { appendOperation, DEFAULT_USER, type OperationInput } from './operation.ts'
import { RingWriter } from './ring-writer.ts'
import { fileTimeOf } from './time.ts'

/** Whose ring a `FakeSource` is, and how large. */
export interface FakeSourceOptions {
  /** SID of the user whose ring it is. Default `S-1-5-21-1004336348-1177238915-682003330-1001`. */
  readonly user?: string
  /** What the wall clock shows at first, epoch ms. Default 2026-01-05T08:00Z. */
  readonly startTime?: number
  /** log2 of the slot count, 2 to 20; 10 when left out. Older records are overwritten, as in every ring. */
  readonly slotCountLog2?: number
}

let made = 0

/**
 * A ring in memory and the clock of the tap that reads it: no file, no Windows, no waiting.
 *
 * @example
 * const source = new FakeSource()
 * const tap = await openTap({ sources: [source] })
 * source.write({ remoteName: '\\\\fs01\\home', outcome: 'unfinished' })
 * await source.clock.advance(300_000) // the operation is unfinished now
 */
export class FakeSource implements TestSource {
  /** The clock of the tap. It stands still until a test advances it. */
  readonly clock: FakeClock
  /** How a tap finds the records; of no use to anybody else. */
  readonly finder: object
  readonly #ring: RingWriter

  /** @throws MprtapError MPRTAP_INVALID_ARGUMENT when an option is outside its bounds, or there is no such option. */
  constructor(options: FakeSourceOptions = {}) {
    const {
      user = DEFAULT_USER,
      startTime,
      slotCountLog2,
    } = readOptions<FakeSourceOptions>(options, ['user', 'startTime', 'slotCountLog2'], 'FakeSource')
    this.clock = new FakeClock(startTime)
    this.#ring = RingWriter.create({
      sid: user,
      created: fileTimeOf(this.clock.wall()),
      ...(slotCountLog2 === undefined ? {} : { slotCountLog2 }),
    })
    this.finder = new FakeFinder(`fake-${++made}.ring`, user, this.#ring)
  }

  /** The ring that is read, for tests that write what no honest writer would. */
  get ring(): RingWriter {
    return this.#ring
  }

  /**
   * Writes an operation, by default at the clock's time.
   * @returns the `id` that its event has.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the operation contradicts itself, or a value is not valid.
   */
  write(operation: Omit<OperationInput, 'user'> = {}): string {
    return appendOperation(this.#ring, operation, this.clock.wall())
  }

  /** Writes one record as it is, see `RingWriter.append()`. */
  append(record: RecordInput): bigint | undefined {
    return this.#ring.append(record)
  }
}

class FakeFinder implements Finder, Origin {
  readonly isNamed = true
  readonly isLive = true
  readonly name: string
  readonly user: string
  readonly #ring: RingWriter
  #isFound = false

  constructor(name: string, user: string, ring: RingWriter) {
    this.name = name
    this.user = user
    this.#ring = ring
  }

  look(): Found | undefined {
    if (this.#isFound) return undefined
    this.#isFound = true
    return { origins: [this], faults: new Map() }
  }

  open(): Source {
    const { name, user } = this
    const { bytes, slotCount } = this.#ring
    const copy = (from: number, target: Uint8Array) => {
      target.set(bytes.subarray(from, from + target.length))
      return true
    }
    return {
      name,
      user,
      host: undefined,
      size: bytes.length,
      isLive: true,
      copyHeader: (target) => copy(0, target),
      copyHead: (target) => copy(HEADER_HEAD, target),
      copySlots: (first, target) => copy(HEADER_SIZE + (first % slotCount) * SLOT_SIZE, target),
      close: () => {},
    }
  }
}
