// What happens to a ring's file while programs write into it. Every call succeeds and keeps the caller's last error, which the programs check
// themselves (tests/dll/drive.c), and what is lost is lost for a minute at most.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import { openTap } from '../../host/index.ts'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import type { Bed } from './bed.ts'

const PATIENCE_MS = 20_000
const ERROR_USER_MAPPED_FILE = 1224

/** The tests, for the programs of one architecture. */
export function fileFaultTests(bed: Bed, architecture: 'x64' | 'x86'): void {
  const programs = inBuild('tests/wine', architecture)
  const drive = join(programs, 'drive.exe')
  const spoil = join(programs, 'spoil.exe')
  // On the clock of this DLL five minutes pass in a second.
  const fastClock = inBuild('tests/dll/fast-clock', architecture)
  const dll = join(fastClock, architecture, 'mprtap.dll')
  const stop = join(programs, 'stop')
  const { ringDirectory } = bed.wine
  let ring: string
  const running: Promise<unknown>[] = []

  beforeAll(async () => {
    execFileSync(
      process.execPath,
      ['scripts/build-dll.mjs', '--quiet', '--arch', architecture, '--cflags=-include tests/dll/fast-clock.h', '--out', fastClock],
      {
        cwd: inRoot(),
      },
    )
    for (const [name, libraries] of [
      ['drive', ['advapi32']],
      ['spoil', []],
    ] as const)
      await link(
        architecture,
        join(programs, `${name}.exe`),
        await compile(architecture, [`tests/dll/${name}.c`, 'tests/mpr/start.c'], programs),
        [...libraries],
      )
  })

  beforeEach(async () => {
    bed.fresh()
    rmSync(stop, { force: true })
    await bed.wine.mustRun(drive, [toWindowsPath(dll), 'once'])
    ring = bed.rings()[0]!
  })

  afterEach(async () => {
    writeFileSync(stop, '')
    await Promise.all(running.splice(0))
  })

  /** Starts a program that runs until `stop` is there. */
  async function start(program: string, ...args: string[]) {
    const started = await bed.start(program, ...args)
    running.push(started.ended())
    return started
  }

  const startWriter = () => start(drive, toWindowsPath(dll), 'until', toWindowsPath(stop), '1')
  const windowsRing = () => `C:${ring.slice(bed.wine.driveC.length).replaceAll('/', '\\')}`
  /** Another Windows program does something to the ring, and is told so by Windows. */
  const spoils = async (error: number, what: string, ...more: string[]) =>
    expect((await bed.wine.mustRun(spoil, [what, windowsRing(), ...more])).trim()).toBe(`error ${error}`)

  /** Sooner or later there is a ring, and a tap that is opened then is handed what the writer goes on to write. */
  async function isWrittenTo(path: string): Promise<void> {
    const tap = await vi.waitFor(() => openTap({ sources: [path], level: 'notification', from: 'now' }), PATIENCE_MS)
    const iterator = tap[Symbol.asyncIterator]()
    const writers = { remoteName: expect.stringMatching(/^\\\\server\\share-1-\d+$/) }
    for (let i = 0; i < 20; i++) expect((await iterator.next()).value).toMatchObject(writers)
    await tap.close()
  }

  async function endsWell(writer: { ended: () => Promise<string> }): Promise<void> {
    writeFileSync(stop, '')
    expect(await writer.ended()).toBe('ok every call succeeds and leaves the last error alone')
  }

  const nextName = () => ring.replace('.v1.ring', '.v1.1.ring')

  describe('while a program writes, its ring', () => {
    it.each<[what: string, spoilIt: () => unknown, where?: () => string]>([
      ['is deleted by a Windows program: it is written on, for it stays until nobody has it mapped', () => spoils(0, 'delete')],
      ['is deleted: a new one is made', () => rmSync(ring)],
      ['is replaced by a directory: the next name is taken', () => spoils(0, 'directory'), nextName],
      ['is renamed: a new one is made', () => renameSync(ring, `${ring}.old`)],
      [
        'loses its directory: when that is there again, a new one is made',
        () => {
          rmSync(ringDirectory, { recursive: true })
          mkdirSync(ringDirectory)
        },
      ],
      ['cannot be cut by a Windows program, as Windows has it', () => spoils(ERROR_USER_MAPPED_FILE, 'cut', '0')],
      ['is cut to nothing: it is made anew', () => truncateSync(ring, 0)],
      ['is cut in its slots: it is put aside and made anew', () => truncateSync(ring, HEADER_SIZE + SLOT_SIZE + 1)],
      ['is cut in its header: it is put aside and made anew', () => truncateSync(ring, 100)],
      [
        'is overwritten with garbage: it is put aside and made anew',
        () => writeFileSync(ring, Buffer.alloc(statSync(ring).size, 0xa5), { flag: 'r+' }),
      ],
      ['is made read-only: it is written on', () => chmodSync(ring, 0o444)],
      [
        'is locked (LockFileEx): it is written on',
        async () => expect((await start(spoil, 'lock', windowsRing(), toWindowsPath(stop))).first).toBe('error 0'),
      ],
    ])('%s', async (_, spoilIt, where = () => ring) => {
      const writer = await startWriter()
      expect(writer.first).toBe('context written')
      await spoilIt()
      await isWrittenTo(where())
      await endsWell(writer)
    })
  })

  it('a program that found the ring in use by another one alone takes the next name, and comes back when that has let go', async () => {
    const keeper = await start(spoil, 'keep', windowsRing(), toWindowsPath(`${stop}-keeping`))
    expect(keeper.first).toBe('error 0')
    const writer = await startWriter()
    expect(writer.first).toBe('context written')
    await isWrittenTo(nextName())
    writeFileSync(`${stop}-keeping`, '')
    await isWrittenTo(ring)
    rmSync(`${stop}-keeping`)
    await endsWell(writer)
  })

  it('what is put aside keeps what was in it', async () => {
    const bytes = readFileSync(ring)
    const writer = await startWriter()
    writeFileSync(ring, 'nope', { flag: 'r+' })
    await isWrittenTo(ring)
    await endsWell(writer)
    const aside = readdirSync(ringDirectory).find((name) => name.endsWith('.bad'))!
    expect(readFileSync(join(ringDirectory, aside)).subarray(4, HEADER_SIZE / 8)).toEqual(bytes.subarray(4, HEADER_SIZE / 8))
  })
}
