// `mprtap bench` reads what it is given, every way once a round, and says how fast that was.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { mprtap as start } from './command.ts'

interface Way {
  readonly way: string
  readonly records: number
  readonly rounds: number
  readonly recordsPerSecond: number
  readonly timesOrdinary?: number
}

let folder: string
let written: number
const rings = () => join(folder, 'rings')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-bench-test-'))
  const { notifications, overwritten } = writeRings(rings(), { seed: 3, operations: 3000, users: 5 })
  written = notifications - overwritten
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function mprtap(...args: string[]) {
  const run = start(...args)
  return { code: await run.ended(), lines: run.lines, stderr: run.stderr }
}

async function ways(...args: string[]): Promise<Way[]> {
  const { code, lines, stderr } = await mprtap('bench', '--seconds', '0.01', '--json', ...args)
  expect([code, stderr]).toEqual([0, ''])
  return lines.map((line) => JSON.parse(line))
}

it('reads every record in every way, at least three times, beside ordinary JavaScript over the same rings', async () => {
  const found = await ways(rings())
  expect(found.map(({ way }) => way)).toEqual(['columns', 'objects', 'filter', 'count', 'ordinary', 'copy'])
  for (const { way, records, rounds, recordsPerSecond } of found) {
    if (way !== 'copy') expect([way, records]).toEqual([way, written])
    expect(rounds).toBeGreaterThanOrEqual(3)
    expect(recordsPerSecond).toBeGreaterThan(0)
  }
  expect(found.find(({ way }) => way === 'ordinary')?.timesOrdinary).toBe(1)
})

it('reads captures, and says nothing there of what reads slots in place', async () => {
  const to = join(folder, 'kept.pcapng')
  expect((await mprtap('record', '--to', to, '--duration', '2', rings())).code).toBe(0)
  const captures = readdirSync(folder).filter((name) => name.endsWith('.pcapng'))
  const found = await ways(...captures.map((name) => join(folder, name)))
  expect(found.map(({ way, records }) => [way, records])).toEqual(['columns', 'objects', 'filter', 'count'].map((way) => [way, written]))
  for (const { timesOrdinary } of found) expect(timesOrdinary).toBeUndefined()
})

it('measures nothing where there are no records', async () => {
  mkdirSync(join(folder, 'none', 'users'), { recursive: true })
  const { code, lines, stderr } = await mprtap('bench', '--seconds', '0.01', join(folder, 'none'))
  expect([code, lines]).toEqual([1, []])
  expect(stderr).toContain('There are no records in it, so nothing was measured.')
})

it('generates rings when it is given none, and removes them', async () => {
  const before = readdirSync(tmpdir()).filter((name) => /^mprtap-bench-\w{6}$/.test(name))
  const { code, lines } = await mprtap('bench', '--seconds', '0.01')
  expect(code).toBe(0)
  expect(lines[0]).toMatch(/^way of reading +records\/s +ns a record +x ordinary$/)
  expect(lines).toHaveLength(8)
  expect(readdirSync(tmpdir()).filter((name) => /^mprtap-bench-\w{6}$/.test(name))).toEqual(before)
})
