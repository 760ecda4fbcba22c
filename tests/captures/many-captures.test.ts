// Thousands of captures at once: a folder of a recorder that begins a file every hour, of many machines.

import { mkdirSync, readdirSync, readlinkSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openInput } from '../../host/captures/file-input.ts'
import { INPUT_ENDED } from '../../host/captures/input.ts'
import { openTap } from '../../host/index.ts'
import { post, pre } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { ToolFolder } from './debian-tools.ts'
import { NOW, RingCapture } from './ring-captures.ts'

const CAPTURES = 300
const OPEN_MAX = 256

const rings = new RingsOnDisk()
const folder = new ToolFolder()

function openFiles(): number {
  const link = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  }
  return readdirSync('/proc/self/fd').filter((fd) => link(fd).endsWith('.pcapng')).length
}

it('are read with few of them open at a time, each record once', async () => {
  const ring = rings.create({ slotCountLog2: 10 })
  mkdirSync(folder.file('kept'))
  for (let i = 0; i < CAPTURES; i++) {
    const at = { wallTime: NOW + BigInt(i) * 10_000_000n }
    ring.append(post(ring.append(pre(at))!, at))
    const made = new RingCapture()
    made.ring(ring, 2 * i).records(2 * i + 2)
    folder.write(`kept/logons-20260105T080000Z-${i + 1}.pcapng`, made.bytes())
  }
  const tap = await openTap({ sources: [folder.file('kept')], follow: false })
  let most = openFiles()
  const ids = new Set<string>()
  for await (const batch of tap.batches()) {
    most = Math.max(most, openFiles())
    for (const { id } of batch.objects()) ids.add(id)
  }
  expect([ids.size, tap.stats().lost]).toEqual([CAPTURES, 0])
  expect(most).toBeLessThanOrEqual(OPEN_MAX)
  expect(openFiles()).toBe(0)
})

it('that are replaced or removed while they rest are told, and nothing of another file is read', () => {
  const [replaced, removed, same] = ['a', 'b', 'c'].map((name) => openInput(folder.write(`${name}.pcapng`, 'x'.repeat(64))))
  const bytes = new Uint8Array(16)
  for (const input of [replaced, removed, same]) expect(input!.read(bytes)).toBe(16)
  const others = Array.from({ length: OPEN_MAX }, (_, i) => openInput(folder.write(`other-${i}.pcapng`, 'y')))
  writeFileSync(folder.file('new'), 'z'.repeat(64))
  renameSync(folder.file('new'), folder.file('a.pcapng'))
  unlinkSync(folder.file('b.pcapng'))
  expect([replaced!.read(bytes), replaced!.failure]).toEqual([INPUT_ENDED, 'was replaced by another file while it was read'])
  expect([removed!.read(bytes), removed!.failure]).toEqual([INPUT_ENDED, 'cannot be read (ENOENT)'])
  expect([same!.read(bytes), same!.failure]).toEqual([16, undefined])
  for (const input of [replaced, removed, same, ...others]) input!.close()
  expect(openFiles()).toBe(0)
})
