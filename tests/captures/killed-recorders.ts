// Writes rings while their recorder is killed again and again, and counts how often each record is in the captures that are left.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capturesNamed } from '../../host/captures/capture-names.ts'
import { RingWriter, ringFileName } from '../../host/testing/index.ts'
import { Random } from '../../host/testing/random.ts'
import { post, pre } from '../host/records.ts'
import { countsIn, RecorderProcess } from './recorders.ts'

const NAME = 'logons'
const USERS = ['S-1-5-21-1-2-3-1108', 'S-1-5-21-1-2-3-1131', 'S-1-5-21-1-2-3-2206']
/** How long a recorder lives, ms: before, while and after it goes on where the last one was. */
const LIVES_FROM_MS = 50
const LIVES_TO_MS = 1200
/** Slots of a ring, as a power of two: so many that nothing is overwritten while a recorder starts. */
const SLOTS = 16
const RECORDS_A_TIME = 20

export interface KilledRecorders {
  readonly rings: number
  /** Records. */
  readonly written: number
  readonly killed: number
  readonly captures: number
  /** Of the records that were written: found once, not at all, more than once. */
  readonly once: number
  readonly missing: number
  readonly repeated: number
  /** Runs that the captures say are lost or left out. */
  readonly gaps: number
}

/**
 * @param folder is empty. @param seed of the moments and rings. @param tell is told how far it is.
 */
export async function killRecorders(
  folder: string,
  kills: number,
  seed: number,
  tell: (killed: number) => void = () => {},
): Promise<KilledRecorders> {
  const random = new Random(seed)
  const next = () => random.u32() / 2 ** 32
  const users = join(folder, 'rings', 'users')
  mkdirSync(users, { recursive: true })
  const rings = USERS.map((sid) => RingWriter.create({ sid, slotCountLog2: SLOTS }, join(users, ringFileName(sid))))
  const written = rings.map(() => 0)
  const start = (...args: string[]) =>
    new RecorderProcess('--to', join(folder, `${NAME}.pcapng`), '--rotate-records', '3000', ...args, join(folder, 'rings'))
  for (let killed = 0; killed < kills; killed++) {
    const recorder = start()
    // Some are killed before they have begun.
    if (next() < 0.8) await recorder.says('Recording to')
    const end = performance.now() + LIVES_FROM_MS + next() * (LIVES_TO_MS - LIVES_FROM_MS)
    while (performance.now() < end) {
      const at = Math.floor(next() * rings.length)
      for (let i = 0; i < RECORDS_A_TIME; i += 2) rings[at]!.append(post(rings[at]!.append(pre())!))
      written[at]! += RECORDS_A_TIME
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await recorder.kill('SIGKILL')
    tell(killed + 1)
  }
  await start('--duration', '3').ended()
  for (const ring of rings) ring.close()
  const found = countsIn(folder, NAME)
  const sum = { once: 0, missing: 0, repeated: 0, gaps: 0 }
  for (const [at, count] of written.entries()) {
    const [, counts = new Map<string, number>()] = [...found].find(([key]) => key.includes(` ${USERS[at]} `)) ?? []
    for (let record = 0; record < count; record++) {
      const times = counts.get(`record ${record}`) ?? 0
      sum[times === 1 ? 'once' : times === 0 ? 'missing' : 'repeated']++
    }
    for (const what of counts.keys()) if (!what.startsWith('record ')) sum.gaps++
  }
  const total = written.reduce((all, one) => all + one, 0)
  return { rings: rings.length, written: total, killed: kills, captures: capturesNamed(folder, NAME).length, ...sum }
}
