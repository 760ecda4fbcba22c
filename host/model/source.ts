// A source: anything that records are read from. A ring that is being written, a ring file that lies somewhere, a capture, a stream.
// The reader (host/reading) knows sources only; host/rings, host/captures and host/streams open them.

import type { LostReason } from './account.ts'
import type { Clock } from './clock.ts'
import type { Diagnostic } from './diagnostic.ts'

/** Why a source does not have records: they are lost, or were left out on purpose by a capture's filter. */
export type GapReason = LostReason | 'filtered'

/** A run of sequences that a source knows not to have. */
export interface Gap {
  /** The first sequence after the run. */
  readonly end: number
  readonly reason: GapReason
}

/**
 * Something open that can say how far it goes and copy slots. What it copies is not trusted: the core verifies each record.
 *
 * A ring lays its records out by sequence, and the core says which slots it wants by their sequence:
 *
 *     header ┌──────────────────────────────────────────┐ copyHeader(): signature, geometry, file id, head …
 *            ├──────────┬──────────┬─────────┬──────────┤
 *     slots  │ first    │ first+1  │ …       │          │ copySlots(first, target)
 *            └──────────┴──────────┴─────────┴──────────┘
 *     head   copied once more after the slots: copyHead(). Slots that were overwritten meanwhile are not delivered.
 *
 * A source that has no ring (a capture, a stream) claims a geometry as large as it likes and lets head advance as it is read, so that nothing
 * is ever overrun.
 */
export interface Source {
  /** How people name it: a path. */
  readonly name: string
  /** SID of the user whose records these are; '' if unknown. */
  readonly user: string
  /** The machine that the records are from; `undefined`: this one, or unknown. */
  readonly host: string | undefined
  /** Bytes that a ring file of that geometry has (header and slots): the core compares it with the header. */
  readonly size: number
  /** False: it lies at rest, so what is there now is all that there will be. */
  readonly isLive: boolean
  /** Copies the header's used part (HEADER_USED bytes). False: it is no longer there. */
  copyHeader(target: Uint8Array): boolean
  /** Copies the 8 bytes of head once more, after the slots. False: they are no longer there. */
  copyHead(target: Uint8Array): boolean
  /** Copies whole slots (`target.length` bytes) from sequence `first` on; they never run over the end of the ring. False: they are no longer there. */
  copySlots(first: number, target: Uint8Array): boolean
  /** Of a source that is not a ring: the sequence that it begins with. Earlier records are elsewhere, and not lost. */
  readonly first?: number
  /** What is known not to be there at `sequence`, so that nobody waits for it. Asked before every look at the header: it tells the source how far its reader has come. */
  gapAt?(sequence: number): Gap | undefined
  /** Whether another source, or none, has its name by now: it is then left once all of its records are read. */
  isReplaced?(): boolean
  close(): void
}

/** Why a source cannot be read, or not to its end: the end of a sentence that begins with its name. */
export interface Refusal {
  readonly refusal: string
  readonly cause?: unknown
  /** It is not there. Where sources come and go, nothing is wrong with that. */
  readonly isMissing?: boolean
  /** This process lacks something (file descriptors, memory), so nothing is wrong with the source. Told once for all sources, as this whole sentence. */
  readonly shortage?: string
}

/** A place where a source is found: a path. It may be opened again and again, as the file there may be replaced. */
export interface Origin {
  readonly name: string
  /** Of a source that is not a file: the ring's file id, if it may lie elsewhere as well. */
  readonly fileId?: string | undefined
  /** SID of the user whose records are there; '' if unknown. */
  readonly user: string
  open(): Source | Refusal
}

/** What a finder sees at a look. */
export interface Found {
  readonly origins: readonly Origin[]
  /** What could not be looked at, by a key that stays the same for the same thing; `undefined`: nothing is wrong with it (any more). */
  readonly faults: ReadonlyMap<string, Diagnostic | undefined>
}

/** A source that a test controls: `FakeSource` of `mprtap/testing` makes one. */
export interface TestSource {
  /** The clock of the tap that reads it. */
  readonly clock: Clock
  /** How its records are found. */
  readonly finder: object
}

/** Whether a value is a source that a test made, of a version of `mprtap/testing` that fits. */
export function isTestSource(value: unknown): value is TestSource {
  const { clock, finder } = (typeof value === 'object' && value !== null ? value : {}) as {
    clock?: Partial<Clock>
    finder?: Partial<Finder>
  }
  return typeof clock?.now === 'function' && typeof finder?.look === 'function'
}

/** Finds the origins of one source that the user named: a folder of rings, a file. */
export interface Finder {
  /** A source that the user named by path must be there when the tap opens. */
  readonly isNamed: boolean
  /** False: nothing new will come, so a tap of such sources ends when they are read. */
  readonly isLive: boolean
  /** Of what is not live: false as long as more may be found in it. */
  readonly isEnded?: boolean
  /**
   * What is there now; `undefined` when nothing has changed since the last look.
   * @throws MprtapError when nothing can be looked at.
   */
  look(): Found | undefined
  /** What an account is called, as what was read so far says; `undefined`: it does not say. */
  accountName?(sid: string): string | undefined
  /** Nothing is looked for any more: what it holds open besides the sources that were opened is closed. May be called again. */
  close?(): void
}
