// The attack on the core's hash tables: while ordinary operations are read, 4,096 PREs of somebody else wait, whose names were chosen so that all
// have one place and one tag under the keys that he guessed.

import { FROM_OLDEST, LEVEL_OPERATION, RING_GOOD } from '../../assembly/abi.ts'
import { HEADER_HEAD, HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import type { Batch } from '../../host/events/batch.ts'
import { generateTraffic, RingWriter } from '../../host/testing/index.ts'
import type { Variant } from '../lib/measure.ts'
import { CoreReader, ringInMemory } from './core-reader.ts'
import type { Corpus } from './corpus.ts'

const WAITING_LOG2 = 12
const ATTACKER = 'S-1-5-21-1004336348-1177238915-682003330-6666'
const RING = 1
const GUESS = 1n

const MASK = 2n ** 64n - 1n
const PRIME_1 = 0x9e3779b185ebca87n
const PRIME_2 = 0xc2b2ae3d27d4eb4fn

function mix(value: bigint): bigint {
  let x = value ^ (value >> 29n)
  x = (x * PRIME_1) & MASK
  x ^= x >> 32n
  x = (x * PRIME_2) & MASK
  return x ^ (x >> 29n)
}

/** A word that makes one factor of a product zero leaves the other one free: names of one hash under the guessed keys (assembly/intern.ts). */
export function collidingNames(seed: bigint, count: number): string[] {
  const key = mix((seed + 3n * PRIME_1) & MASK) & 0xffff_ffffn
  const zero = Buffer.alloc(4)
  zero.writeUInt32LE(Number((2n ** 32n - key) & 0xffff_ffffn))
  return Array.from({ length: count }, (_, n) => `\\\\files01\\share-${zero.toString('latin1')}${n.toString(36).padStart(4, '0')}`)
}

function attackersRing(): Uint8Array {
  const ring = RingWriter.create({ sid: ATTACKER, slotCountLog2: WAITING_LOG2 })
  const [first] = generateTraffic({ seed: 1, operations: 1, users: 1, servers: 1, shares: 1 })
  for (const remoteName of collidingNames(GUESS, 2 ** WAITING_LOG2)) ring.append({ ...first!.record, remoteName })
  return ring.bytes
}

/** The tally of the rows of the ordinary ring. */
function tallyOfOthers({ columns, strings, length }: Batch): number {
  const { time, status, processId, remoteName, localName, user } = columns
  let sum = 0
  for (let row = 0; row < length; row++) {
    if (user[row] === RING) continue
    const remote = strings[remoteName[row]!]
    const local = strings[localName[row]!]
    sum = (sum + (time[row]! | 0) + status[row]! + processId[row]! + (remote?.length ?? 0) + 31 * (local?.length ?? 0)) | 0
  }
  return sum
}

/** @param seed the reader's own; left out, as a tap does: random. */
export function attacked(corpus: Corpus, seed?: bigint): Variant {
  const reader = new CoreReader(ringInMemory(corpus.ring), corpus.sid, undefined, LEVEL_OPERATION, seed)
  const { core, batch } = reader
  const ring = attackersRing()
  batch.users = [corpus.sid, ATTACKER]
  batch.hosts = [undefined, undefined]
  batch.fileIds = ['0123456789abcdef', 'fedcba9876543210']
  core.setUser(RING, ATTACKER)
  const letWait = () => {
    core.header.set(ring.subarray(0, HEADER_USED))
    if (core.openRing(RING, ring.length, FROM_OLDEST, 0) !== RING_GOOD) throw new Error("the attacker's ring is not good")
    for (;;) {
      core.header.set(ring.subarray(0, HEADER_USED))
      const planned = core.plan(RING, 0)
      if (planned <= 0) break
      core.windows[planned]!.set(ring.subarray(core.turn.offset, core.turn.offset + planned * SLOT_SIZE))
      core.head.set(ring.subarray(HEADER_HEAD, HEADER_HEAD + 8))
      core.take(RING)
    }
    if (core.totals().waiting !== 2 ** WAITING_LOG2) throw new Error('not all of them wait')
  }
  return {
    name: 'operations_attacked',
    label: 'mprtap: operations as columns while 4,096 PREs with colliding names wait',
    pass(first, count) {
      let sum = 0
      letWait()
      reader.begin(first, count)
      while (reader.next()) sum = (sum + tallyOfOthers(batch)) | 0
      while (reader.expire()) sum = (sum + tallyOfOthers(batch)) | 0
      return sum
    },
  }
}
