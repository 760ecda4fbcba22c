// One Wine prefix as the tests use it: programs map and unmap in it, and taps on this machine read what the notifyee recorded.

import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import {
  CONTROL_MAGIC,
  CONTROL_MAGIC_VALUE,
  CONTROL_SIZE,
  CONTROL_SLOT_COUNT_LOG2,
  CONTROL_SWITCHED_OFF,
  CONTROL_VERSION,
  FORMAT_MAJOR,
  HEADER_HEAD,
} from '../../format/layout.ts'
import { type Notification, type Operation, openTap, type Tap } from '../../host/index.ts'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { toWindowsPath, waitFor, wine64 } from '../../scripts/lib/wine.mjs'

/** How long a test waits for events that do not come before it looks at what did, ms. */
const PATIENCE_MS = 20_000
/** How long a program may take to say its first line: Wine and Node start for it, ms. */
const START_MS = 40_000
/** How long a program that was started may run, ms. */
const TIME_LIMIT_MS = 60_000

/** The status that a WNet call returned to the program. */
export interface CallResult {
  readonly status: number
  readonly command: string
}

/** A word of the client's language for a name: units that the language or a shell may take for something else are escaped (words.c). */
export function word(name: string | null): string {
  if (name === null) return '-'
  if (name === '') return '""'
  return name.replace(/[^\w\\.:$]/g, (unit) => `{${unit.charCodeAt(0).toString(16)}}`)
}

export class Bed {
  readonly wine: typeof wine64
  readonly programs: string
  readonly client: string
  readonly control: string
  #started = 0

  constructor(wine: typeof wine64, architecture: 'x64' | 'x86') {
    this.wine = wine
    this.programs = bedDirectory(architecture)
    this.client = join(this.programs, 'client.exe')
    this.control = join(wine.mprtapDirectory, 'control')
  }

  /** Empty directories, as after an installation. */
  fresh(directory = this.wine.mprtapDirectory): void {
    rmSync(directory, { recursive: true, force: true })
    for (const folder of ['users', 'administrators']) mkdirSync(join(directory, folder), { recursive: true })
  }

  /** Writes the administrators' control file; in place, because the notifyee has it mapped. */
  setControl({ switchedOff = 0, slotCountLog2 = 0 }: { switchedOff?: number; slotCountLog2?: number }): void {
    const bytes = new DataView(new ArrayBuffer(CONTROL_SIZE))
    bytes.setUint32(CONTROL_MAGIC, CONTROL_MAGIC_VALUE, true)
    bytes.setUint32(CONTROL_VERSION, FORMAT_MAJOR, true)
    bytes.setUint32(CONTROL_SWITCHED_OFF, switchedOff, true)
    bytes.setUint32(CONTROL_SLOT_COUNT_LOG2, slotCountLog2, true)
    writeFileSync(this.control, bytes, { flag: existsSync(this.control) ? 'r+' : 'w' })
  }

  /** Lets the client make WNet calls, as commands.c describes them, and returns how each ended. */
  async run(commands: readonly string[], { program = this.client, options = [] as readonly string[] } = {}): Promise<CallResult[]> {
    const script = join(this.programs, 'script.txt')
    writeFileSync(script, commands.join('\n'))
    const output = await this.wine.mustRun(program, [...options, '--script', toWindowsPath(script)])
    return [...output.matchAll(/^ *(\d+) {2}(.*?)\r?$/gm)].map(([, status, command]) => ({ status: Number(status), command: command! }))
  }

  /** Starts a program and waits until it has said its first line; `lines()` is what it has said by now, `ended()` resolves with its last one. */
  async start(program: string, ...args: string[]): Promise<{ first: string; lines: () => string[]; ended: () => Promise<string> }> {
    const path = inBuild('wine', `said-${this.#started++}.txt`)
    const output = openSync(path, 'w')
    const end = waitFor(this.wine.spawn(program, args, { stdout: output }), TIME_LIMIT_MS)
    closeSync(output)
    const lines = () => readFileSync(path, 'utf8').replaceAll('\r', '').trim().split('\n')
    await vi.waitFor(() => expect(lines()[0]).not.toBe(''), START_MS)
    return { first: lines()[0]!, lines, ended: () => end.then(() => lines().at(-1)!) }
  }

  /** Paths of all rings, sorted. */
  rings(): string[] {
    const { ringDirectory } = this.wine
    if (!statSync(ringDirectory, { throwIfNoEntry: false })?.isDirectory()) return []
    return readdirSync(ringDirectory)
      .filter((name) => name.endsWith('.ring'))
      .sort()
      .map((name) => join(ringDirectory, name))
  }

  /** A ring's head: how many sequences have been claimed. */
  head(ring = this.rings()[0]): number {
    return ring === undefined ? 0 : Number(readFileSync(ring).readBigUInt64LE(HEADER_HEAD))
  }

  /** Sets the head of the one ring, as if so many sequences had been claimed. */
  setHead(sequence: bigint): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(sequence)
    const file = openSync(this.rings()[0]!, 'r+')
    writeSync(file, bytes, 0, bytes.length, HEADER_HEAD)
    closeSync(file)
  }

  /** The first `count` operations in the rings. Fewer when no more come. */
  operations(count: number): Promise<Operation[]> {
    return openTap({ ...this.#everything(), level: 'operation' }).then((tap) => collect(tap, count))
  }

  /** The first `count` notifications in the rings. Fewer when no more come. */
  notifications(count: number): Promise<Notification[]> {
    return openTap({ ...this.#everything(), level: 'notification' }).then((tap) => collect(tap, count))
  }

  #everything() {
    return { sources: [this.wine.mprtapDirectory], from: 'oldest', signal: AbortSignal.timeout(PATIENCE_MS) } as const
  }
}

async function collect<Event extends Operation | Notification>(tap: Tap<Event>, count: number): Promise<Event[]> {
  const events: Event[] = []
  for await (const event of tap) {
    events.push(event)
    if (events.length === count) break
  }
  return events
}

export const bed = new Bed(wine64, 'x64')
