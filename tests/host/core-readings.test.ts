// What the core makes of records that no writer of ours leaves, by the golden records of RING.md section 3.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LEVEL_NOTIFICATION } from '../../assembly/abi.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { SID } from './records.ts'

interface Reading {
  readonly name: string
  readonly fileId: string
  readonly sequence: string
  readonly slot: string
  /** `null`: the record is corrupt. */
  readonly expected: { remoteName: string | null; localName: string | null; truncated: Record<string, number> | null } | null
}

const text = readFileSync(new URL('../../format/vectors.json', import.meta.url), 'utf8')
const { readings } = JSON.parse(text) as { readings: Reading[] }

/** The rows and the corrupt records of a ring that holds that slot and nothing else. */
function read({ fileId, sequence, slot }: Reading) {
  const at = BigInt(sequence)
  const ring = RingWriter.create({ sid: SID, fileId: BigInt(`0x${fileId}`), slotCountLog2: 2 })
  const driver = new CoreDriver(LEVEL_NOTIFICATION)
  driver.open(0, ring.bytes, 0)
  ring.setHead(at + 1n)
  ring.poke(ring.slotOffset(at), Buffer.from(slot, 'hex'))
  // What does not hold is copied once more before it is believed.
  const rows = [...driver.turn(0, ring.bytes, 0).rows, ...driver.turn(0, ring.bytes, 0).rows]
  return { rows, corrupt: driver.account(0).corrupt }
}

it.each(readings.filter(({ expected }) => expected !== null))('$name', (reading) => {
  const { rows, corrupt } = read(reading)
  expect([rows.length, corrupt]).toEqual([1, 0])
  const { remoteName, localName, truncated } = rows[0]!
  const facts = {
    remoteName: remoteName ?? null,
    localName: localName ?? null,
    truncated: Object.keys(truncated).length > 0 ? truncated : null,
  }
  expect(facts).toEqual(reading.expected)
})

it.each(readings.filter(({ expected }) => expected === null))('$name: corrupt', (reading) => {
  const { rows, corrupt } = read(reading)
  expect([rows.length, corrupt]).toEqual([0, 1])
})
