// Programs that are terminated or suspended in the middle of the real AddConnectNotify. Each case has a ring of its own, which the host on this
// machine reads: every sequence is either a record that is known or a loss that was told, and no program is disturbed by another.

import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { SLOT_COUNT_LOG2_DEFAULT } from '../../format/layout.ts'
import { type Notification, openTap } from '../../host/index.ts'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import type { Bed } from './bed.ts'

// faults.c knows these.
const OPERATIONS = 100
const HALT_IN = 50
const LAPS_OPERATIONS = 1088
const SLOTS = 2 ** SLOT_COUNT_LOG2_DEFAULT
const POINTS = ['after-claim', 'after-stamp', 'mid-copy', 'before-commit', 'after-commit'] as const
const cases = POINTS.flatMap((point) => [1, 2, 3].map((producers) => [point, producers] as const))
/** AFTER_CLAIM, which numbers the first of the programs that halt. */
const FIRST_POINT = 2
const TIME_LIMIT_MS = 90_000
const PATIENCE_MS = 20_000

interface Loss {
  readonly first: number
  readonly lost: number
}

const keyOf = ({ remoteName, phase }: Notification) => `${remoteName?.slice('\\\\server\\share-'.length)} ${phase}`
const keys = (producer: number, operations: number) =>
  Array.from({ length: operations }, (_, n) => [`${producer}-${n} pre`, `${producer}-${n} post`]).flat()
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

/** Reads a ring until all that is in it below `head` is accounted for, each sequence once. */
async function read(ring: string, head: number) {
  const losses: Loss[] = []
  const events: Notification[] = []
  const onLoss = ({ first = -1, count }: { readonly first?: number | undefined; readonly count: number }) =>
    void losses.push({ first, lost: count })
  const tap = await openTap({ sources: [ring], level: 'notification', from: 'oldest', onLoss })
  const reading = (async () => {
    for await (const event of tap) events.push(event)
  })()
  const oldest = Math.max(head - SLOTS, 0)
  await vi.waitFor(() => expect(events.length + tap.stats().lost).toBe(head - oldest), PATIENCE_MS)
  await tap.close()
  await reading
  const { overrun, abandoned, corrupt, late } = tap.stats()
  const lost = losses.flatMap((loss) => numbers(loss.lost).map((i) => loss.first + i))
  expect([...events.map(({ sequence }) => sequence), ...lost].sort((a, b) => a - b)).toEqual(numbers(head).slice(oldest))
  return { keys: events.map(keyOf).sort(), losses: { overrun, abandoned, corrupt, late } }
}

const NOTHING_LOST = { overrun: 0, abandoned: 0, corrupt: 0, late: 0 }

/** The tests, for the programs of one architecture. */
export function faultTests(bed: Bed, architecture: 'x64' | 'x86'): void {
  const programs = inBuild('tests/wine', architecture)
  const program = join(programs, 'faults.exe')
  const testBuild = inBuild('tests/dll/test-points', architecture)
  const dll = join(testBuild, architecture, 'mprtap.dll')

  beforeAll(async () => {
    const testPoints = ['--cflags=-DMPRTAP_TEST_POINTS', '--add', 'tests/dll/test-points.c']
    const build = ['scripts/build-dll.mjs', '--quiet', '--arch', architecture, '--out', testBuild, ...testPoints]
    execFileSync(process.execPath, build, { cwd: inRoot() })
    await link(architecture, program, await compile(architecture, ['tests/wine/faults.c', 'tests/mpr/start.c'], programs))
  })

  const conduct = (...args: string[]) => bed.wine.mustRun(program, [toWindowsPath(dll), ...args], { timeoutMs: TIME_LIMIT_MS })

  let turn: Promise<unknown> = Promise.resolve()
  /** Conducts a case when the ones before it have ended, and puts its ring away, so that it can be read while others are conducted. */
  function conducted(...args: string[]): Promise<{ ring: string; head: number }> {
    const mine = turn.then(async () => {
      bed.fresh()
      await conduct(...args)
      const [ring] = bed.rings() as [string]
      const away = join(programs, args.join('-'))
      rmSync(away, { recursive: true, force: true })
      mkdirSync(away)
      renameSync(ring, join(away, basename(ring)))
      return { ring: join(away, basename(ring)), head: bed.head(join(away, basename(ring))) }
    })
    turn = mine.catch(() => undefined)
    return mine
  }

  describe.concurrent('a program that is terminated', () => {
    it.each(cases)('%s, one of %i: its one record is missing, and nothing else', { timeout: TIME_LIMIT_MS }, async (point, producers) => {
      const { ring, head } = await conducted('kill', point, String(producers))
      const commits = point === 'after-commit'
      const mine = [...keys(0, HALT_IN), ...(commits ? [`0-${HALT_IN} pre`] : [])]
      const others = numbers(producers - 1).flatMap((i) => keys(1 + i, OPERATIONS))
      expect(await read(ring, head)).toEqual({ keys: [...mine, ...others].sort(), losses: { ...NOTHING_LOST, abandoned: commits ? 0 : 1 } })
    })
  })

  describe.concurrent('a program that is suspended, and resumed', () => {
    it.each(cases)('%s, one of %i: every record arrives', { timeout: TIME_LIMIT_MS }, async (point, producers) => {
      const { ring, head } = await conducted('suspend', point, String(producers))
      const all = numbers(producers).flatMap((i) => keys(i, OPERATIONS))
      expect(await read(ring, head)).toEqual({ keys: all.sort(), losses: NOTHING_LOST })
    })
  })

  describe.concurrent('a program that is suspended for two laps, and resumed', () => {
    it.each(cases)(
      '%s, beside %i: the one record is lost or spoilt that RING.md says',
      { timeout: TIME_LIMIT_MS },
      async (point, producers) => {
        const { ring, head } = await conducted('laps', point, String(producers))
        const result = await read(ring, head)
        // After the claim alone, it claims again. Once it has stamped the slot, the writer that comes round first claims again instead.
        expect(head).toBe(2 * (OPERATIONS + LAPS_OPERATIONS) + (point === 'after-commit' ? 0 : 1))
        // Who comes round next steals the slot; only a writer that has yet to copy spoils that record.
        const corrupt = point === 'after-stamp' || point === 'mid-copy' ? 1 : 0
        expect(result.losses).toEqual({ ...NOTHING_LOST, corrupt })
        const unseen = new Set([...keys(0, OPERATIONS), ...numbers(producers).flatMap((i) => keys(1 + i, LAPS_OPERATIONS))])
        expect(result.keys.filter((key) => !unseen.delete(key))).toEqual([])
      },
    )
  })

  it('programs that are suspended until a reader has given up: what they commit then is late', { timeout: TIME_LIMIT_MS }, async () => {
    bed.fresh()
    bed.setControl({ slotCountLog2: SLOT_COUNT_LOG2_DEFAULT + 1 }) // room for what all of them write
    const go = join(programs, 'go')
    rmSync(go, { force: true })
    const conducting = conduct('hold', toWindowsPath(go))
    await vi.waitFor(() => expect(bed.rings()).toHaveLength(1), PATIENCE_MS)
    const tap = await openTap({ sources: bed.rings(), level: 'notification', from: 'oldest' })
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of tap) seen.push(keyOf(event))
    })()
    // All of them are suspended, and four have claimed a sequence that they have not committed.
    await vi.waitFor(() => expect(tap.stats()).toMatchObject({ abandoned: POINTS.length - 1, pending: 0 }), PATIENCE_MS)
    writeFileSync(go, '')
    await conducting
    await vi.waitFor(() => expect(seen.length + tap.stats().lost).toBe(bed.head()), PATIENCE_MS)
    await vi.waitFor(() => expect(tap.stats()).toMatchObject({ late: POINTS.length - 1 }), PATIENCE_MS)
    expect(tap.stats()).toMatchObject({ ...NOTHING_LOST, abandoned: POINTS.length - 1, late: POINTS.length - 1 })
    await tap.close()
    await reading
    // The points and their producers are numbered as in dll/test_points.h, the last of which is after the commit.
    const victims = POINTS.map((point, i) =>
      keys(FIRST_POINT + i, OPERATIONS).filter((key) => point === 'after-commit' || !key.endsWith(`-${HALT_IN} pre`)),
    )
    expect(seen.sort()).toEqual([...keys(0, OPERATIONS), ...victims.flat()].sort())
  })
}
