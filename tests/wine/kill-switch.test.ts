// The control file, as administrators use it.

import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'

const PATIENCE_MS = 20_000
const programs = inBuild('tests/wine/x64')
const drive = join(programs, 'drive.exe')
const stop = join(programs, 'stop-switched')
// On the clock of this DLL five minutes pass in a second.
const fastClock = inBuild('tests/dll/fast-clock/x64')
const dll = join(fastClock, 'x64/mprtap.dll')

beforeAll(async () => {
  const build = ['scripts/build-dll.mjs', '--quiet', '--arch', 'x64', '--cflags=-include tests/dll/fast-clock.h', '--out', fastClock]
  execFileSync(process.execPath, build, { cwd: inRoot() })
  await link('x64', drive, await compile('x64', ['tests/dll/drive.c', 'tests/mpr/start.c'], programs), ['advapi32'])
})

beforeEach(() => bed.fresh())

it('while the switch is on nothing is recorded, and mapping works as ever', async () => {
  const commands = ['add K: \\\\fs01\\a', 'add L: \\\\gone\\a', 'cancel K:']
  bed.setControl({ switchedOff: 1 })
  const off = await bed.run(commands)
  expect(bed.rings()).toEqual([])
  bed.setControl({ switchedOff: 0 })
  expect(await bed.run(commands)).toEqual(off)
  expect(bed.head()).toBe(6)
})

/** Nothing is recorded any more: a head that was read twice, some hundred notifications apart, is the same. */
async function stopsRecording(): Promise<void> {
  let before = -1
  await vi.waitFor(
    () => {
      const head = bed.head()
      const same = head === before
      before = head
      expect(same).toBe(true)
    },
    { timeout: PATIENCE_MS, interval: 500 },
  )
}

async function goesOnRecording(): Promise<void> {
  const head = bed.head()
  await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(head), PATIENCE_MS)
}

/** Puts another file in the place of the control file, as editors do. */
function replaceControl(switchedOff: number): void {
  renameSync(bed.control, `${bed.control}.old`)
  bed.setControl({ switchedOff })
}

it('the switch takes effect in programs that run already, within a minute and both ways: written in place, replaced, made, removed', async () => {
  rmSync(stop, { force: true })
  const writer = await bed.start(drive, toWindowsPath(dll), 'until', toWindowsPath(stop), '1')
  expect(writer.first).toBe('context written')
  for (const [off, on] of [
    [() => bed.setControl({ switchedOff: 1 }), () => bed.setControl({ switchedOff: 0 })],
    [() => replaceControl(1), () => replaceControl(0)],
    [() => replaceControl(1), () => rmSync(bed.control)],
  ] as const) {
    await goesOnRecording()
    off()
    await stopsRecording()
    on()
    await goesOnRecording()
  }
  writeFileSync(stop, '')
  expect(await writer.ended()).toBe('ok every call succeeds and leaves the last error alone')
})
