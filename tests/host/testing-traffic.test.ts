import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outcomeOf } from '../../host/model/status.ts'
import {
  followTraffic,
  generateTraffic,
  RingWriter,
  type TrafficNotification,
  type TrafficOperation,
  writeRings,
} from '../../host/testing/index.ts'
import { naiveChecksum } from '../format/naive-ring.ts'

const all = [...generateTraffic({ seed: 7, operations: 20_000 })]
const operations = all.filter(({ phase }) => phase === 'pre').map(({ operation }) => operation)
const share = (of: (operation: TrafficOperation) => boolean) => operations.filter(of).length / operations.length

describe('generated traffic', () => {
  it('is the same from the same seed, and another from another', () => {
    const digest = (seed: number) => {
      const hash = createHash('sha256')
      for (const { record } of generateTraffic({ seed, operations: 500 })) {
        hash.update(JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
      }
      return hash.digest('hex')
    }
    expect(digest(1)).toBe(digest(1))
    expect(digest(1)).not.toBe(digest(2))
  })

  it('has as many operations as asked for, in the order of their time, each with one PRE and at most one POST after it', () => {
    expect(operations.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 20_000 }, (_, i) => i))
    const posts = new Map<TrafficOperation, number>()
    const begun = new Set<TrafficOperation>()
    let last: TrafficNotification | undefined
    for (const notification of all) {
      expect(notification.atMs).toBeGreaterThanOrEqual(last?.atMs ?? 0)
      last = notification
      if (notification.phase === 'pre') begun.add(notification.operation)
      else posts.set(notification.operation, (posts.get(notification.operation) ?? 0) + (begun.has(notification.operation) ? 1 : 100))
    }
    for (const operation of operations) expect(posts.get(operation) ?? 0).toBe(operation.lostPost ? 0 : 1)
    expect(share(({ lostPost }) => lostPost)).toBeGreaterThan(0)
  })

  it('never has two operations at once on one thread', () => {
    const busy = new Set<string>()
    for (const { operation, phase } of all) {
      const thread = `${operation.process.id}:${operation.process.startTime}:${operation.threadId}`
      if (phase === 'pre') expect(busy.has(thread)).toBe(false)
      if (phase === 'pre') busy.add(thread)
      else busy.delete(thread)
    }
  })

  it('carries its durations in the ticks and the wall clock of its records', () => {
    const pre = new Map(all.filter(({ phase }) => phase === 'pre').map((notification) => [notification.operation, notification.record]))
    for (const { operation, phase, record } of all) {
      if (phase === 'pre') continue
      const before = pre.get(operation)!
      expect(Number(record.ticks - before.ticks) / 10_000).toBeCloseTo(operation.durationMs, 3)
      expect(record.wallTime - before.wallTime).toBe(record.ticks - before.ticks)
    }
  })

  it('is mostly successes, with the failures that shares are known for, prompts that were closed and retries', () => {
    const statuses = new Set(operations.map(({ status }) => status))
    expect([...statuses]).toEqual(expect.arrayContaining([0, 5, 53, 64, 67, 85, 86, 1219, 1223, 1326, 1331, 2108, 2250, 2401]))
    expect(share(({ status }) => outcomeOf(status) === 'succeeded')).toBeGreaterThan(0.8)
    expect(share(({ status }) => outcomeOf(status) === 'failed')).toBeGreaterThan(0.03)
    expect(share(({ retries }) => retries > 0)).toBeGreaterThan(0.005)
  })

  it('fails slowly where a server is down and quickly where a letter is taken', () => {
    const durations = (status: number) => operations.filter((operation) => operation.status === status).map(({ durationMs }) => durationMs)
    expect(Math.min(...durations(53))).toBeGreaterThan(1_000)
    expect(Math.max(...durations(85))).toBeLessThan(10)
  })

  it('has popular shares and rare ones, about 3% of all names not ASCII, both one-byte and two-byte', () => {
    const counts = new Map<string, number>()
    for (const { kind, remoteName } of operations) if (kind === 'add') counts.set(remoteName, (counts.get(remoteName) ?? 0) + 1)
    const names = [...counts.keys()]
    const popular = [...counts.values()].sort((a, b) => b - a)
    expect(names.length).toBeGreaterThan(1_000)
    expect(popular[0]! / popular[100]!).toBeGreaterThan(20)
    const other = names.filter((name) => /[^ -~]/.test(name))
    expect(other.length / names.length).toBeGreaterThan(0.015)
    expect(other.length / names.length).toBeLessThan(0.045)
    expect(other.some((name) => /^[ -ÿ]*$/.test(name))).toBe(true)
    expect(other.some((name) => /[^ -ÿ]/.test(name))).toBe(true)
  })

  it('has drives, printers, connections without a device, forced cancels, 64- and 32-bit processes and LocalSystem', () => {
    const kinds: ((operation: TrafficOperation) => boolean)[] = [
      ({ localName }) => /^[E-Z]:$/.test(localName ?? ''),
      ({ resourceType }) => resourceType === 2,
      ({ kind, localName }) => kind === 'add' && localName === null,
      ({ kind, localName }) => kind === 'add' && localName === '',
      ({ kind, force }) => kind === 'cancel' && force,
      ({ process }) => process.pointer32,
      ({ process }) => !process.pointer32,
      ({ user }) => user.sid === 'S-1-5-18',
    ]
    for (const kind of kinds) expect(share(kind)).toBeGreaterThan(0.001)
    expect(new Set(operations.map(({ user }) => user)).size).toBe(21)
  })

  it('names a provider in successful cancels after the fact only', () => {
    for (const { record } of all) {
      const allowed = record.kind === 'cancel' && record.notifyStatus === 2 && record.operationStatus === 0
      expect(record.provider).toBe(allowed ? 'Microsoft Windows Network' : null)
    }
  })
})

describe('rings of generated traffic', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprtap-traffic-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  /** Committed and valid slots of a ring: sequence -> kind, notify status, context. */
  const slotsOf = (path: string) => {
    const bytes = readFileSync(path)
    const fileId = bytes.readBigUInt64LE(8)
    const slots = new Map<bigint, { kind: number; notifyStatus: number; context: bigint; bits: number }>()
    for (let at = 4096; at < bytes.length; at += 512) {
      const slot = bytes.subarray(at, at + 512)
      const stamp = slot.readBigUInt64LE(0)
      if ((stamp & 3n) !== 2n) continue
      expect(slot.readBigUInt64LE(8)).toBe(naiveChecksum(slot, fileId, stamp >> 2n))
      slots.set(stamp >> 2n, {
        kind: slot.readUInt8(18),
        notifyStatus: slot.readUInt32LE(20),
        context: slot.readBigUInt64LE(56),
        bits: (slot.readUInt32LE(96) & 4) === 0 ? 64 : 32,
      })
    }
    return { head: bytes.readBigUInt64LE(512), slots }
  }

  it('are named after their owners, in the directories for users and administrators, byte for byte the same each time', () => {
    const first = writeRings(join(directory, 'a'), { seed: 3, operations: 800, users: 4 })
    const second = writeRings(join(directory, 'b'), { seed: 3, operations: 800, users: 4 })
    expect(readdirSync(join(directory, 'a/administrators'))).toEqual(['S-1-5-18.v1.ring'])
    expect(readdirSync(join(directory, 'a/users')).every((name) => /^S-1-5-21-\d+-\d+-\d+-11\d\d\.v1\.ring$/.test(name))).toBe(true)
    expect(first.rings.length).toBe(5)
    for (const [i, path] of first.rings.entries()) {
      expect(basename(second.rings[i]!)).toBe(basename(path))
      expect(readFileSync(second.rings[i]!).equals(readFileSync(path))).toBe(true)
    }
  })

  it('hold every notification, the contexts of POSTs leading to their PREs', () => {
    const summary = writeRings(directory, { seed: 4, operations: 1_000, users: 3 })
    let pre = 0
    let paired = 0
    for (const path of summary.rings) {
      const { head, slots } = slotsOf(path)
      expect(slots.size).toBe(Number(head))
      for (const { kind, notifyStatus, context, bits } of slots.values()) {
        if (notifyStatus === 1) expect(context).toBe(0n)
        if (notifyStatus === 1) pre++
        else {
          expect(slots.get(context - 1n)).toMatchObject({ kind, notifyStatus: 1, bits })
          paired++
        }
      }
    }
    expect(pre).toBe(summary.operations)
    expect(pre + paired).toBe(summary.notifications)
    expect(summary.overwritten).toBe(0)
    expect(summary.operations).toBe(1_000)
    expect(summary.succeeded + summary.failed + summary.cancelled + summary.unfinished).toBe(1_000)
    expect(summary.unfinished).toBe(pre - paired)
  })

  it('lap when they are small, and the summary says how much is gone', () => {
    const summary = writeRings(directory, { seed: 4, operations: 500, users: 1, slotCountLog2: 4 })
    const kept = summary.rings.reduce((sum, path) => sum + slotsOf(path).slots.size, 0)
    expect(summary.overwritten).toBe(summary.notifications - kept)
    expect(summary.overwritten).toBeGreaterThan(0)
  })

  it('do not overwrite a ring that is there', () => {
    const options = { seed: 3, operations: 50, users: 1 }
    const [path] = writeRings(directory, options).rings
    writeFileSync(path!, 'precious')
    expect(() => writeRings(directory, options)).toThrow(`${path} is there already. Give a folder without rings.`)
    expect(readFileSync(path!, 'utf8')).toBe('precious')
  })

  it("are not written into a folder that has any ring, live neither: it may be somebody else's", async () => {
    const foreign = join(directory, 'administrators', 'S-1-5-18.v1.ring')
    mkdirSync(join(directory, 'administrators'), { recursive: true })
    const writer = RingWriter.create({ sid: 'S-1-5-18' }, foreign)
    const before = readFileSync(foreign)
    const options = { seed: 5, operations: 60, users: 1, operationsPerSecond: 1e6, startTime: Date.now() - 600_000 }
    await expect(followTraffic(directory, options)).rejects.toThrow(`${foreign} is there already. Give a folder without rings.`)
    expect(() => writeRings(directory, options)).toThrow(`${foreign} is there already`)
    expect(readFileSync(foreign).equals(before)).toBe(true)
    writer.close()
  })

  it('are written live by followTraffic', async () => {
    const options = { seed: 5, operations: 60, users: 1, operationsPerSecond: 1e6, shares: 3, servers: 3, startTime: Date.now() - 600_000 }
    const summary = await followTraffic(directory, options)
    expect(summary.rings.reduce((sum, path) => sum + Number(slotsOf(path).head), 0)).toBe(summary.notifications)
  })

  it('stop growing when the signal is aborted', async () => {
    const controller = new AbortController()
    const running = followTraffic(directory, {
      seed: 5,
      operations: Number.POSITIVE_INFINITY,
      operationsPerSecond: 1_000,
      signal: controller.signal,
    })
    while (!readdirSync(join(directory, 'users'), { recursive: true }).length) await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort()
    const summary = await running
    expect(summary.notifications).toBeGreaterThan(0)
    expect(summary.operations).toBe(summary.succeeded + summary.failed + summary.cancelled + summary.unfinished)
  })
})
