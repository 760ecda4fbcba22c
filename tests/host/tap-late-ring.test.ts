import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-late-ring-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('counts what a ring that appears while the tap is open has overwritten before it was found', async () => {
  mkdirSync(join(directory, 'users'))
  const tap = await openTap({ sources: [directory], level: 'notification' })
  const written = writeRings(directory, { seed: 3, operations: 400, users: 1, slotCountLog2: 4 })
  expect(written.overwritten).toBeGreaterThan(0)
  let delivered = 0
  for await (const _ of tap) if (++delivered === written.notifications - written.overwritten) break
  expect(tap.stats().lost).toBe(written.overwritten)
})

it('bills nobody for what a ring had overwritten while it was refused', async () => {
  const written = writeRings(directory, { seed: 3, operations: 400, users: 1, slotCountLog2: 4 })
  const [path] = written.rings
  renameSync(path!, `${path}.aside`)
  writeFileSync(path!, 'garbage')
  const told: string[] = []
  const tap = await openTap({ sources: [directory], level: 'notification', onDiagnostic: ({ text }) => told.push(text) })
  expect(told).toHaveLength(1)
  renameSync(`${path}.aside`, path!)
  for await (const _ of tap) break
  expect(tap.stats()).toMatchObject({ lost: 0, overrun: 0 })
})
