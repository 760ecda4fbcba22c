// Programs of both bitnesses, each with its own DLL, write one ring at the same time: that of their user.

import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openTap } from '../../../host/index.ts'
import { wine64 } from '../../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../../scripts/lib/wine-prefix.mjs'
import { wine32 } from '../../../scripts/lib/wine32.mjs'
import { Bed } from '../bed.ts'

const THREADS = 2
const REPEAT = 2000
const OF_EACH = THREADS * REPEAT
const [bed64, bed32] = [new Bed(wine64, 'x64'), new Bed(wine32, 'x86')]

beforeAll(async () => {
  await ensureWinePrefix()
  wine64.keepWarm()
  bed64.fresh()
  // Two Wines, since they are of two Debians; the folder of the rings is one.
  rmSync(wine32.mprtapDirectory, { recursive: true, force: true })
  symlinkSync(wine64.mprtapDirectory, wine32.mprtapDirectory)
}, 300_000)

afterAll(() => {
  if (lstatSync(wine32.mprtapDirectory).isSymbolicLink()) rmSync(wine32.mprtapDirectory)
  mkdirSync(dirname(wine32.mprtapDirectory), { recursive: true })
  bed32.fresh()
  wine64.stop()
})

it('every operation of each is there once, and is told apart', { timeout: 600_000 }, async () => {
  // Room for all: nothing may be lost.
  bed64.setControl({ slotCountLog2: 15 })
  const args = (bits: number) => ['--quiet', '--threads', String(THREADS), '--repeat', String(REPEAT), `add - \\\\fs01\\${bits}-{t}-{i}`]
  const options = { timeoutMs: 500_000 }
  const slower = bed32.wine.mustRun(bed32.client, args(32), options)
  // An emulated program takes long to start: the other begins when the ring has its first record.
  await Promise.race([slower, vi.waitFor(() => expect(bed64.head()).toBeGreaterThan(0), { timeout: 500_000, interval: 5 })])
  await Promise.all([slower, bed64.wine.mustRun(bed64.client, args(64), options)])

  const tap = await openTap({ sources: [wine64.mprtapDirectory], follow: false })
  const names = new Map<number, string[]>([
    [32, []],
    [64, []],
  ])
  const rings = new Set<string>()
  const order: number[] = []
  for await (const { process, remoteName, outcome, id } of tap) {
    expect(outcome).toBe('succeeded')
    names.get(process.bits)!.push(remoteName!)
    rings.add(id.split('-')[0]!)
    order.push(process.bits)
  }
  const { lost } = tap.stats()
  const changes = order.filter((bits, i) => i > 0 && bits !== order[i - 1]).length
  console.log(
    `${names.get(32)!.length} operations of 32 bits, ${names.get(64)!.length} of 64 bits, one ring, ${changes} changes from one to the other, ${lost} lost`,
  )
  expect(rings.size).toBe(1)
  expect(lost).toBe(0)
  expect(names.get(32)!.length).toBe(OF_EACH)
  expect(names.get(64)!.length).toBe(OF_EACH)
  for (const [bits, list] of names) {
    expect(new Set(list).size).toBe(OF_EACH)
    expect(list.every((name) => name.startsWith(`\\\\fs01\\${bits}-`))).toBe(true)
  }
  expect(changes).toBeGreaterThan(1)
})
