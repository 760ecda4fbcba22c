// The 32-bit DLL in 32-bit programs.

import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { CONTEXT32_BITS } from '../../../format/layout.ts'
import { openTap } from '../../../host/index.ts'
import { wine32 } from '../../../scripts/lib/wine32.mjs'
import { Bed, word } from '../bed.ts'

const bed = new Bed(wine32, 'x86')

beforeEach(() => bed.fresh())

it('every field of a 32-bit program arrives, and that it is one', async () => {
  const remoteName = '\\\\fs01\\проекты🚀\ud800'
  const calls = await bed.run([
    `add3 K: ${word(remoteName)} disk 0x20004`,
    'cancel L: force',
    'cancel K: 1',
    'add - \\\\gone-60ms\\a print',
  ])
  expect(calls.map(({ status }) => status)).toEqual([0, 2250, 0, 53])
  const [added, notThere, cancelled, gone] = await bed.operations(4)
  expect(added).toMatchObject({
    remoteName,
    localName: 'K:',
    flags: 0x20004,
    resourceType: 'disk',
    ownerWindow: true,
    outcome: 'succeeded',
  })
  expect(added?.process).toMatchObject({ image: 'client.exe', bits: 32 })
  expect(notThere).toMatchObject({ localName: 'L:', force: true, provider: undefined, error: { code: 2250 } })
  expect(cancelled).toMatchObject({ localName: 'K:', force: false, flags: 1, provider: 'mprtap test network', outcome: 'succeeded' })
  expect(gone).toMatchObject({ remoteName: '\\\\gone-60ms\\a', localName: undefined, resourceType: 'print', error: { code: 53 } })
  expect(gone?.durationMs).toBeGreaterThan(59)
})

it('a 32-bit installer arrives', async () => {
  await wine32.mustRun(join(bed.programs, 'logon.exe'), ['/S'])
  const operations = await bed.operations(7)
  expect(operations.map((o) => o.status)).toEqual([0, 0, 53, 0, 0, 0, 0])
  expect(operations[0]?.process).toMatchObject({ image: 'logon.exe', bits: 32 })
})

it('operations are paired where the 31 bits of their contexts begin anew', async () => {
  await bed.run(['add - \\\\fs01\\before'])
  // As if the ring had been written to for very long: the fourth record from here has sequence 2^31.
  bed.setHead(2n ** BigInt(CONTEXT32_BITS) - 4n)

  const signal = AbortSignal.timeout(20_000)
  const directory = bed.wine.mprtapDirectory
  const notifications = await openTap({ sources: [directory], signal, level: 'notification' })
  const operations = await openTap({ sources: [directory], signal })
  const names = ['a', 'b', 'c', 'd', 'e'].map((share) => `\\\\fs01\\${share}`)
  await bed.run(names.map((name) => `add - ${name}`))

  const contexts: string[] = []
  for await (const { phase, context } of notifications) {
    if (phase === 'post') contexts.push(context)
    if (contexts.length === names.length) break
  }
  expect(contexts).toEqual(['0x7ffffffd', '0x7fffffff', '0x1', '0x3', '0x5'])
  const paired: unknown[] = []
  for await (const { remoteName, durationMs, outcome } of operations) {
    paired.push([remoteName, outcome, durationMs !== undefined])
    if (paired.length === names.length) break
  }
  expect(paired).toEqual(names.map((name) => [name, 'succeeded', true]))
})

it('where they would be zero, the context says that there is none, and the POST still comes', async () => {
  await bed.run(['add - \\\\fs01\\before', 'cancel \\\\fs01\\other'])
  bed.setHead(2n ** BigInt(CONTEXT32_BITS) - 1n)
  const tap = await openTap({ sources: [bed.wine.mprtapDirectory], signal: AbortSignal.timeout(20_000), level: 'notification' })
  await bed.run(['add - \\\\fs01\\a'])
  const seen: unknown[] = []
  for await (const { phase, context, remoteName } of tap) {
    seen.push([phase, context, remoteName])
    if (seen.length === 2) break
  }
  expect(seen).toEqual([
    ['pre', '0x0', '\\\\fs01\\a'],
    ['post', '0xffffffff', '\\\\fs01\\a'],
  ])
})

it('two 32-bit programs and their threads share a ring without loss', async () => {
  bed.setControl({ slotCountLog2: 15 })
  const args = ['--quiet', '--threads', '2', '--repeat', '1000', 'add - \\\\fs01\\{p}-{t}-{i}']
  await Promise.all([bed.wine.mustRun(bed.client, args), bed.wine.mustRun(bed.client, args)])
  const operations = await bed.operations(4000)
  expect(new Set(operations.map((o) => o.remoteName)).size).toBe(4000)
  expect(operations.every((o) => o.outcome === 'succeeded' && o.durationMs !== undefined)).toBe(true)
})
