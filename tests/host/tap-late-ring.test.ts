import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openTap } from '../../host/api/index.ts'
import { writeRings } from '../../host/testing/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'mprtap-late-ring-'))
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('counts what a ring that appears while the tap is open has overwritten before it was found', async () => {
  mkdirSync(join(directory, 'users'))
  const tap = await openTap({ directory, level: 'notification' })
  const written = writeRings(directory, { seed: 3, operations: 400, users: 1, slotCountLog2: 4 })
  expect(written.overwritten).toBeGreaterThan(0)
  let delivered = 0
  for await (const _ of tap) if (++delivered === written.notifications - written.overwritten) break
  expect(tap.stats().lost).toBe(written.overwritten)
})
