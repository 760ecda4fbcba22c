// The control file, as administrators use it.

import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { beforeEach, expect, it, vi } from 'vitest'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { waitFor } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'

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

it('the switch takes effect in programs that run already, both ways', async () => {
  bed.setControl({})
  const path = inBuild('wine', 'kill-switch.txt')
  const output = openSync(path, 'w')
  const program = bed.wine.spawn(bed.client, ['--repeat', '100000', 'add - \\\\fs01\\{i}', 'sleep 5'], { stdout: output })
  const ended = waitFor(program, 60_000)
  const calls = () => readFileSync(path, 'latin1').split('\n').length
  try {
    await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(0), 20_000)
    bed.setControl({ switchedOff: 1 })
    // Two calls later, none is still under way that saw the switch before.
    const then = calls()
    await vi.waitFor(() => expect(calls()).toBeGreaterThan(then + 2), 20_000)
    const head = bed.head()
    await vi.waitFor(() => expect(calls()).toBeGreaterThan(then + 20), 20_000)
    expect(bed.head()).toBe(head)
    bed.setControl({ switchedOff: 0 })
    await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(head), 20_000)
  } finally {
    program.kill('SIGKILL')
    await ended
    closeSync(output)
    rmSync(path)
  }
})
