// Whatever stands where the rings should be: programs map as if mprtap were not there, and `mprtap watch` says in one sentence what is wrong.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { HEADER_SIZE, SLOT_COUNT_LOG2_DEFAULT, SLOT_SIZE } from '../../format/layout.ts'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { bed, type CallResult } from './bed.ts'

const { mprtapDirectory: directory, ringDirectory, system32 } = bed.wine
const commands = [
  'add K: \\\\fs01\\проекты',
  'add K: \\\\fs01\\b',
  'add - \\\\gone\\a',
  'add L: \\\\fs01\\denied',
  'add - \\\\fs01\\openfiles any 1',
  'cancel \\\\fs01\\openfiles',
  'cancel \\\\fs01\\openfiles force',
  'cancel K:',
  'cancel Z:',
]
let withoutMprtap: CallResult[]
let ring: string

beforeAll(async () => {
  const installed = join(system32, 'mprtap.dll')
  renameSync(installed, `${installed}.away`)
  try {
    bed.fresh()
    withoutMprtap = await bed.run(commands)
    expect(bed.rings()).toEqual([])
  } finally {
    renameSync(`${installed}.away`, installed)
  }
})

beforeEach(async () => {
  bed.fresh()
  await bed.run(['add K: \\\\fs01\\a'])
  ring = bed.rings()[0]!
})

/** What `mprtap watch` says on standard error besides its totals. */
async function watchSays(): Promise<string[]> {
  const watch = spawn(process.execPath, [inBuild('cli.js'), 'watch', directory, '--from', 'oldest', '--duration', '0.3'])
  let text = ''
  watch.stderr.on('data', (chunk) => {
    text += chunk
  })
  await once(watch, 'close')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('0 operations: '))
}

function inPlaceOfRing(make: (path: string) => void): void {
  rmSync(ring)
  make(ring)
}

const wholeSize = HEADER_SIZE + SLOT_SIZE * 2 ** SLOT_COUNT_LOG2_DEFAULT
const waiting = 'install the notifyee DLL first, or name the right folder. Waiting for it to appear.'

/** [what is wrong, how it comes about, what `watch` says (RING stands for the ring's path), how many notifications are recorded all the same]. */
const faults: [what: string, arrange: () => void, says: string, recorded: number][] = [
  [
    'the directory is missing',
    () => rmSync(directory, { recursive: true }),
    `has no folder "users" or "administrators" with rings in it; ${waiting}`,
    0,
  ],
  [
    'the directory cannot be written to',
    () => {
      rmSync(ringDirectory, { recursive: true })
      // A file system in which not even root makes files.
      symlinkSync('/sys/kernel', ringDirectory)
    },
    'There is no ring yet; the DLL makes one when a program next connects something, if it may write there.',
    0,
  ],
  [
    'there are files in place of the directories',
    () => {
      rmSync(directory, { recursive: true })
      mkdirSync(directory)
      for (const folder of ['users', 'administrators']) writeFileSync(join(directory, folder), '')
    },
    'cannot be listed (it is a file); name the right folder, run as an administrator, or name your own ring with "rings".',
    0,
  ],
  [
    'a directory is in place of the ring',
    () => inPlaceOfRing((path) => mkdirSync(path)),
    'RING cannot be opened (EINVAL): it is not a plain file under one name.',
    18,
  ],
  [
    'the ring is garbage',
    () => inPlaceOfRing((path) => writeFileSync(path, Buffer.alloc(wholeSize, 0xa5))),
    'RING is not a ring: its first bytes are not "MPRT".',
    18,
  ],
  [
    'the ring was cut short',
    () => truncateSync(ring, HEADER_SIZE + SLOT_SIZE),
    'RING is not as long as its header says: it was cut, or not copied to its end.',
    18,
  ],
  [
    'the ring is too short for a header',
    () => truncateSync(ring, 100),
    'RING is not as long as its header says: it was cut, or not copied to its end.',
    18,
  ],
]

it.each(faults)('%s: every call ends as without mprtap', async (_, arrange, __, recorded) => {
  arrange()
  expect(await bed.run(commands)).toEqual(withoutMprtap)
  if (recorded > 0) expect((await bed.notifications(recorded)).length).toBe(recorded)
  else expect(bed.rings()).toEqual([])
})

it('the ring is empty: every call ends as without mprtap, and is recorded', async () => {
  truncateSync(ring, 0)
  expect(await bed.run(commands)).toEqual(withoutMprtap)
  expect((await bed.notifications(18)).length).toBe(18)
})

it.each(faults)('%s: watch says so in one sentence', async (_, arrange, says) => {
  arrange()
  const lines = await watchSays()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(says.replace('RING', ring))
  expect(lines[0]).toMatch(/^mprtap: [^.]*(\.[^ ][^.]*)*\.( Waiting for it to appear\.)?$/)
})
