// Reads a set of captures as the reader of a tap does, and tells what came: `record 5`, `overrun 6-8`.

import { HEADER_HEAD, HEADER_USED, SLOT_SIZE, SLOT_STAMP } from '../../format/layout.ts'
import { CaptureSet } from '../../host/captures/capture-set.ts'
import type { CapturedSource } from '../../host/captures/captured-source.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'

export interface Drained {
  readonly set: CaptureSet
  /** By host and file id; a ring that was used again has a `'` for each time. */
  readonly rings: Map<string, string[]>
  readonly slots: Map<string, Uint8Array[]>
  /** What was told. */
  readonly faults: string[]
}

const WINDOW = 256

/** @param window slots a turn. */
export function drain(captures: readonly (Uint8Array | [name: string, bytes: Uint8Array])[], window = WINDOW): Drained {
  const inputs = captures.map((capture, i) =>
    capture instanceof Uint8Array ? new MemoryInput(`${i}.pcapng`, capture) : new MemoryInput(...capture),
  )
  const drainer = new Drainer(new CaptureSet(inputs), window)
  while (drainer.step());
  return drainer.result()
}

/** The same for captures that come bit by bit. */
export async function drainLater(set: CaptureSet, window = WINDOW): Promise<Drained> {
  const drainer = new Drainer(set, window)
  do {
    while (drainer.step());
    await set.wait()
    await new Promise((resolve) => setImmediate(resolve))
  } while (!drainer.isDone)
  return drainer.result()
}

class Drainer {
  readonly #set: CaptureSet
  readonly #window: number
  readonly #rings = new Map<string, string[]>()
  readonly #slots = new Map<string, Uint8Array[]>()
  readonly #faults = new Map<string, string>()
  readonly #sources: { source: CapturedSource; next: number; key: string }[] = []
  readonly #header = new Uint8Array(HEADER_USED)
  readonly #view = new DataView(this.#header.buffer)

  constructor(set: CaptureSet, window: number) {
    this.#set = set
    this.#window = window
    this.#look()
  }

  get isDone(): boolean {
    return this.#set.isEnded && this.#sources.every(({ source }) => !source.isLive && source.queued === 0)
  }

  #look(): void {
    const found = this.#set.look()
    for (const [what, fault] of found?.faults ?? []) if (fault) this.#faults.set(what, fault.text)
    for (const origin of found?.origins ?? []) {
      const source = origin.open() as CapturedSource
      if (this.#sources.some((known) => known.source === source)) continue
      let key = `${source.host} ${source.identity.fileId}`
      while (this.#rings.has(key)) key += "'"
      this.#rings.set(key, [])
      this.#slots.set(key, [])
      this.#sources.push({ source, next: -1, key })
    }
  }

  /** One turn of every source. False: none had news. */
  step(): boolean {
    let isNews = false
    for (const state of this.#sources) {
      const { source, key } = state
      if (state.next < 0) state.next = source.first
      // The reader of a tap passes one gap a turn; here all of them, so that the header tells of records.
      for (let gap = source.gapAt(state.next); gap; gap = source.gapAt(state.next)) {
        this.#rings.get(key)!.push(`${gap.reason} ${state.next}-${gap.end - 1}`)
        state.next = gap.end
        isNews = true
      }
      source.copyHeader(this.#header)
      const head = Number(this.#view.getBigUint64(HEADER_HEAD, true))
      const count = Math.min(head - state.next, this.#window)
      if (count <= 0) continue
      this.#copy(state, count)
      isNews = true
    }
    this.#look()
    return isNews
  }

  #copy(state: { source: CapturedSource; next: number; key: string }, count: number): void {
    const { source, key } = state
    const bytes = new Uint8Array(count * SLOT_SIZE)
    if (!source.copySlots(state.next, bytes)) throw new Error(`${key}: slots from ${state.next} were promised and are not there`)
    for (let slot = 0; slot < count; slot++) {
      const copy = bytes.slice(slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE)
      const stamp = new DataView(copy.buffer).getBigUint64(SLOT_STAMP, true)
      if (stamp !== BigInt(state.next + slot) * 4n + 2n) throw new Error(`${key}: the slot for ${state.next + slot} has stamp ${stamp}`)
      this.#rings.get(key)!.push(`record ${state.next + slot}`)
      this.#slots.get(key)!.push(copy)
    }
    state.next += count
  }

  result(): Drained {
    this.#look()
    for (const { source, key } of this.#sources) if (source.isLive) throw new Error(`${key} did not end`)
    this.#set.close()
    return { set: this.#set, rings: this.#rings, slots: this.#slots, faults: [...this.#faults.values()] }
  }
}

/** `record 0`, `record 1`, … of [first, end). */
export function records(first: number, end: number): string[] {
  return Array.from({ length: end - first }, (_, i) => `record ${first + i}`)
}
