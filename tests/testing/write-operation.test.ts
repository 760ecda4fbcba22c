// One operation in one line, as a tap delivers it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MprtapError, type Operation, openTap } from '../../host/index.ts'
import { writeOperation } from '../../host/testing/index.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'mprtap-operation-')), 'rings')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

async function operations(): Promise<Operation[]> {
  const tap = await openTap({ sources: [folder], follow: false })
  const operations: Operation[] = []
  for await (const operation of tap) operations.push(operation)
  return operations
}

it('has a default for everything', async () => {
  const { id } = writeOperation(folder)
  expect(await operations()).toMatchObject([
    {
      id,
      kind: 'add',
      outcome: 'succeeded',
      status: 0,
      remoteName: '\\\\server\\share',
      localName: 'Z:',
      durationMs: 5,
      resourceType: 'disk',
      user: 'S-1-5-21-1004336348-1177238915-682003330-1001',
      process: { id: 4711, threadId: 4712, image: 'explorer.exe', bits: 64 },
    },
  ])
})

it('says what it is told', async () => {
  const time = Date.UTC(2026, 1, 3, 4, 5, 6, 7)
  const said = {
    kind: 'cancel',
    remoteName: null,
    localName: 'H:',
    user: 'S-1-5-18',
    time,
    durationMs: 1234.5,
    flags: 1,
    force: true,
    sessionId: 7,
    process: { id: 1, threadId: 2, image: 'net.exe', startTime: time - 1000, bits: 32 },
  } as const
  writeOperation(folder, { ...said, status: 2401 })
  const { remoteName: _, ...expected } = said
  expect(await operations()).toMatchObject([{ ...expected, outcome: 'failed', status: 2401, remoteName: undefined, provider: undefined }])
})

it.each([
  [{ outcome: 'failed' }, { outcome: 'failed', error: { code: 53, name: 'ERROR_BAD_NETPATH' } }],
  [{ outcome: 'cancelled' }, { outcome: 'cancelled', status: 1223 }],
  [{ outcome: 'unfinished' }, { outcome: 'unfinished', status: undefined, durationMs: undefined }],
  [{ status: 1219 }, { outcome: 'failed', status: 1219 }],
  [{ kind: 'cancel' }, { outcome: 'succeeded', provider: 'Microsoft Windows Network', localName: undefined }],
] as const)('%o', async (input, expected) => {
  writeOperation(folder, input)
  expect(await operations()).toMatchObject([expected])
})

it('each user has a ring; operations follow each other in it', async () => {
  writeOperation(folder, { remoteName: '\\\\a\\1' })
  writeOperation(folder, { remoteName: '\\\\b\\2', user: 'S-1-5-18' })
  writeOperation(folder, { remoteName: '\\\\c\\3' })
  expect((await operations()).map(({ remoteName }) => remoteName).sort()).toEqual(['\\\\a\\1', '\\\\b\\2', '\\\\c\\3'])
})

it('an open tap gets it', async () => {
  writeOperation(folder, { remoteName: '\\\\old\\1' })
  const tap = await openTap({ sources: [folder] })
  writeOperation(folder, { remoteName: '\\\\new\\2' })
  for await (const { remoteName } of tap) {
    expect(remoteName).toBe('\\\\new\\2')
    break
  }
})

it.each([
  [{ outcome: 'failed', status: 0 }, 'Status 0 is "succeeded", not "failed"'],
  [{ durationMs: Number.NaN }, '"durationMs" is NaN'],
  [{ time: -1 }, '"time" is -1'],
  [{ user: 'berger' }, '"sid" is "berger"'],
  [{ kind: 'move' }, '"kind" is "move"'],
  [{ status: 2 ** 32 }, '"status" is 4294967296'],
  [{ status: '53' }, '"status" is "53"'],
  [{ flags: 1.5 }, '"flags" is 1.5'],
  [{ outcome: 'well' }, '"outcome" is "well"'],
  [{ remoteName: 7 }, '"remoteName" is 7'],
  [{ logonId: 5 }, '"logonId" is 5'],
  [{ time: 1e300 }, '"time" is 1e+300'],
  [{ force: 'yes' }, '"force" is "yes"'],
  [{ resourceType: 'tape' }, '"resourceType" is "tape"'],
  [{ process: { bits: 16 } }, '"process.bits" is 16'],
  [{ process: { id: -1 } }, '"process.id" is -1'],
  [null, 'are null'],
] as const)('refuses %o, and writes nothing', (input, message) => {
  const write = () => writeOperation(folder, input as never)
  expect(write).toThrow(MprtapError)
  expect(write).toThrow(message)
  expect(readdirSync(join(folder, '..'), { recursive: true }).filter((name) => String(name).endsWith('.ring'))).toEqual([])
})

it('a file of that name that is no ring is left alone', () => {
  const { path } = writeOperation(folder)
  writeFileSync(path, 'not a ring')
  expect(() => writeOperation(folder)).toThrow(path)
})
