import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Position } from '../../host/model/checkpoint.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { post, pre } from './records.ts'
import { RingsOnDisk, until } from './rings-on-disk.ts'

const root = join(import.meta.dirname, '../..')
const rings = new RingsOnDisk()
let child: ChildProcess | undefined

afterEach(() => {
  child?.kill('SIGKILL')
})

/** A reader in a process of its own. `ends()` sends it a signal and returns what it logged. */
function reader(level: string) {
  const log = join(rings.directory, 'log')
  rmSync(log, { force: true })
  const program = join(import.meta.dirname, 'consumer-reader.mjs')
  const started = spawn(process.execPath, [program, join(root, 'build/index.js'), rings.directory, log, level], { stdio: 'inherit' })
  child = started
  const logged = () => (existsSync(log) ? readFileSync(log, 'latin1').split('\n').slice(0, -1).map(Number) : [])
  return {
    logged,
    async ends(signal: 'SIGKILL' | 'SIGTERM') {
      started.kill(signal)
      await once(started, 'close')
      return logged()
    },
  }
}

function saved(): Position | undefined {
  const path = join(rings.directory, 'consumers/killed.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { rings: Position[] }).rings[0] : undefined
}

const write = (ring: RingWriter, count: number) => {
  for (let i = 0; i < count; i++) ring.append(pre({ threadId: i }))
}

it('killed at any moment, a consumer gets everything, and again exactly what it got since its cursor was saved', async () => {
  const ring = rings.create({ slotCountLog2: 14 })
  const all: number[] = []
  for (const round of [0, 1, 2, 3]) {
    const next = saved()?.next ?? 0
    write(ring, 1000)
    const { logged, ends } = reader('notification')
    // Now in the middle of what is there, now at rest behind it, once with a saved cursor and once without.
    await until(() => logged().length >= (round % 2 ? 1000 : 10))
    if (round > 1) await until(() => saved()?.next === Number(ring.head))
    write(ring, 50)
    const got = await ends('SIGKILL')
    expect(got).toEqual(Array.from(got, (_, i) => next + i))
    all.push(...got)
  }
  write(ring, 10)
  const { logged, ends } = reader('notification')
  await until(() => logged().includes(Number(ring.head) - 1))
  all.push(...(await ends('SIGTERM')))
  expect([...new Set(all)].sort((a, b) => a - b)).toEqual(Array.from({ length: Number(ring.head) }, (_, i) => i))
  expect(saved()!.next).toBe(Number(ring.head))
})

it('killed among operations, a consumer gets each of them whole, and after a clean end none again', async () => {
  const ring = rings.create({ slotCountLog2: 14 })
  const begun = Array.from({ length: 500 }, (_, threadId) => ring.append(pre({ threadId }))!)
  const end = (threadId: number) => ring.append(post(begun[threadId]!, { threadId }))
  for (let i = 0; i < 200; i++) end(i)
  const first = reader('operation')
  await until(() => saved()?.next === Number(ring.head))
  for (let i = 200; i < 300; i++) end(i)
  await until(() => first.logged().length > 250)
  const before = await first.ends('SIGKILL')
  for (let i = 300; i < 400; i++) end(i)
  const second = reader('operation')
  await until(() => second.logged().includes(399))
  const after = await second.ends('SIGTERM')
  expect([...new Set([...before, ...after])].sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i))
  expect(after[0]).toBeGreaterThanOrEqual(200)
  for (let i = 400; i < 500; i++) end(i)
  const third = reader('operation')
  await until(() => third.logged().includes(499))
  expect(await third.ends('SIGTERM')).toEqual(Array.from({ length: 100 }, (_, i) => 400 + i))
})
