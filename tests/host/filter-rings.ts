// Rings to try filters on: what the core delivers without a filter, as events, and which of them it delivers with one.

import * as abi from '../../assembly/abi.ts'
import { STRING_LOCAL_NAME } from '../../format/layout.ts'
import { plainNotification, plainOperation } from '../../host/events/plain.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import type { Level } from '../../host/filter/fields.ts'
import { contextOf, generateTraffic, type RecordInput, RingWriter, type TrafficOperation } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { post, pre, SID } from './records.ts'
import type { Event } from './reference-filter.ts'
import { markUnreadable } from './unreadable.ts'

/** Rings of a test at most. */
const RINGS = 16
/** Keeps everything. */
const ALL: FilterExpression = { type: 'all', operands: [] }

export interface Ring {
  readonly sid: string
  readonly writer: RingWriter
}

/** One core a level: its memory is large, and thousands of filters are tried. */
const drivers = new Map<Level, CoreDriver>()

/** A core that knows nothing of rings that were read before. */
function driverFor(rings: readonly Ring[], level: Level, filter?: FilterExpression): CoreDriver {
  const driver = drivers.get(level) ?? new CoreDriver(level === 'operation' ? abi.LEVEL_OPERATION : abi.LEVEL_NOTIFICATION)
  drivers.set(level, driver)
  for (let ring = 0; ring < RINGS; ring++) driver.core.closeRing(ring)
  for (const [ring, { sid, writer }] of rings.entries()) {
    driver.core.setUser(ring, sid)
    driver.open(ring, writer.bytes)
  }
  driver.core.setFilter(compileFilter(filter ?? ALL))
  return driver
}

/** Calls `batch` with the number of rows of each batch of all rings, unfinished operations last. */
function read(rings: readonly Ring[], driver: CoreDriver, batch: (rows: number) => void): void {
  const { core } = driver
  for (const [ring, { writer }] of rings.entries()) {
    for (;;) {
      const { planned, offset } = driver.plan(ring, writer.bytes)
      if (planned <= 0) break
      core.window.set(writer.bytes.subarray(offset, offset + planned * 512))
      batch(core.take(ring))
    }
  }
  for (let rows = core.endAll(); rows > 0; rows = core.endAll()) batch(rows)
}

/** Every event of the rings, without a filter. */
export function eventsOf(rings: readonly Ring[], level: Level): Event[] {
  const driver = driverFor(rings, level)
  const users = rings.map(({ sid }) => sid)
  const events: Event[] = []
  read(rings, driver, (rows) => {
    const data = { block: driver.core.columns, strings: driver.core.strings, users, hosts: [], fileIds: users }
    for (let row = 0; row < rows; row++) events.push(level === 'operation' ? plainOperation(data, row) : plainNotification(data, row))
  })
  return events
}

/** What names an event among those of the rings. */
export function keyOf(event: Event): string {
  return `${event.user} ${event.sequence}`
}

export interface Accepted {
  readonly keys: Set<string>
  /** How often all string ids became void. */
  readonly epochs: number
}

/** What the core delivers with a filter. */
export function acceptedBy(rings: readonly Ring[], level: Level, filter: FilterExpression): Accepted {
  const driver = driverFor(rings, level, filter)
  const { core } = driver
  const keys = new Set<string>()
  const before = core.turn.epoch
  read(rings, driver, (rows) => {
    const { u32, f64 } = core.columns
    for (let row = 0; row < rows; row++) {
      const ring = u32[abi.COLUMN_RING * abi.ROWS_MAX + row]!
      keys.add(`${rings[ring]!.sid} ${f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + row]!}`)
    }
  })
  return { keys, epochs: core.turn.epoch - before }
}

export function ringOf(sid: string, records: readonly RecordInput[], slotCountLog2 = 10): Ring {
  const writer = RingWriter.create({ sid, fileId: 0x1234n, slotCountLog2 })
  for (const record of records) writer.append(record)
  return { sid, writer }
}

/** Generated traffic of a few users, a ring each; the same each time. */
export function trafficRings(operations: number): Ring[] {
  const rings = new Map<string, Ring>()
  const sequences = new Map<TrafficOperation, bigint | undefined>()
  for (const { operation, phase, record } of generateTraffic({ seed: 4, operations, users: 3, servers: 12, shares: 60 })) {
    const { sid } = operation.user
    const ring = rings.get(sid) ?? ringOf(sid, [])
    rings.set(sid, ring)
    const context = phase === 'post' ? contextOf(sequences.get(operation), record.pointer32) : record.context
    sequences.set(operation, ring.writer.append({ ...record, context }))
  }
  return [...rings.values()]
}

/** What ordinary traffic does not have: names of every kind, numbers at their limits, POSTs without a PRE. */
export function oddRing(): Ring {
  const names = [
    null,
    '',
    '\\\\FS01\\Qualité',
    '\\\\fs01\\QUALITÉ',
    '\\\\fs01\\Бухгалтерия',
    '\\\\fs01\\\ud83d\ude00',
    '\\\\fs01\\\ud83d',
    '\\\\fs01\\\ude00\ud83d',
    '\\\\fs01\\straße',
    '\\\\fs01\\ΟΔΟΣ',
    '*',
    '\\\\fs01\\'.padEnd(400, 'x'),
    '\\\\fs01\\'.padEnd(300, 'Ж'),
  ]
  const ring = ringOf(SID, [])
  const { writer } = ring
  const twice = (fields: Partial<RecordInput>) => {
    const sequence = writer.append(pre(fields))!
    writer.append(post(sequence, fields))
  }
  for (const [i, remoteName] of names.entries()) {
    twice({ remoteName, imageName: names[(i + 5) % names.length]!, threadId: i, operationStatus: [0, 53, 1223, 2109, 0xffffffff][i % 5]! })
    twice({ kind: 'cancel', remoteName, force: i % 2 === 0, provider: names[(i + 3) % names.length]!, localName: null, resourceType: 0 })
    writer.append(post(1_000_000n, { remoteName, localName: i % 3 ? '' : null, operationStatus: 31_337 }))
  }
  for (const fields of [
    { flags: 0xffffffff, resourceType: 7, notifyStatus: 3 },
    { flags: 0x80000000, resourceType: 0xffffffff, logonId: 0xfedcba9876543210n, ownerWindow: true },
    { processId: 0xffffffff, threadId: 0, sessionId: 0xffffffff, pointer32: true, resourceType: 2 },
    { wallTime: 0n, processStartTime: 0xffff_ffff_ffff_ffffn, resourceType: 0 },
    { ticksPerSecond: 0n, context: 0xffff_ffff_ffff_ffffn },
  ]) {
    twice(fields)
    writer.append(pre({ ...fields, notifyStatus: 0x80000001 }))
    writer.append({ ...pre(fields), notifyStatus: 0x80000003 })
  }
  markUnreadable(writer, writer.append(pre({ threadId: 999 }))!, STRING_LOCAL_NAME)
  return ring
}
