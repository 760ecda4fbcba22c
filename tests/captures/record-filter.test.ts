import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PACKET_NAME } from '../../format/capture-layout.ts'
import { CAPTURE_PACKET, CaptureReader } from '../../host/captures/capture-reader.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'
import { decodeName } from '../../host/captures/packet.ts'
import { openTap } from '../../host/index.ts'
import { openRecorder, type RecordOptions } from '../../host/recording/record.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { ToolFolder } from './debian-tools.ts'
import { countsIn, RecorderProcess } from './recorders.ts'

const rings = new RingsOnDisk()
const folder = new ToolFolder()

const record = (...args: string[]) => new RecorderProcess('--to', folder.file('logons.pcapng'), ...args, rings.directory)
const linesOf = (): string[] => [...countsIn(folder.path, 'logons').values()].flatMap((counts) => [...counts.keys()])
const capturePaths = () =>
  readdirSync(folder.path)
    .filter((file) => file.endsWith('.pcapng'))
    .sort()
    .map((file) => folder.file(file))

describe('mprtap record --filter', () => {
  it('keeps both records of an operation that passes, and marks the others as left out, not as lost', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    // 0 1: succeeds. 2 … 5: fails, with a success inside. 6 7: succeeds.
    ring.append(post(ring.append(pre())!))
    const failing = ring.append(pre({ threadId: 1 }))!
    ring.append(post(ring.append(pre({ threadId: 2 }))!, { threadId: 2 }))
    ring.append(post(failing, { threadId: 1, operationStatus: 53 }))
    ring.append(post(ring.append(pre())!))
    const recorder = record('--filter', 'outcome == "failed"', '--duration', '1.5')
    expect(await recorder.ended()).toBe(0)
    expect(linesOf()).toEqual(['filtered 0-1', 'record 2', 'filtered 3-4', 'record 5', 'filtered 6-7'])
    expect(recorder.stdout).toMatch(/^2 records in 1 file, 0 lost\n/)
    const tap = await openTap({ sources: capturePaths() })
    const outcomes: string[] = []
    for await (const operation of tap) outcomes.push(`${operation.outcome} ${operation.durationMs !== undefined}`)
    expect(outcomes).toEqual(['failed true'])
    expect(tap.stats()).toMatchObject({ lost: 0, overrun: 0 })
  })

  it('holds a PRE until its POST, and what follows in that ring with it', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    const failing = ring.append(pre({ threadId: 1 }))!
    for (let i = 0; i < 10; i++) ring.append(post(ring.append(pre({ threadId: 2 }))!, { threadId: 2 }))
    const recorder = record('--filter', 'outcome == "failed"')
    await recorder.says('Recording to')
    // Rings are read in turn: when the second record of another one is kept, all of this one has been read.
    const other = rings.create({ sid: OTHER_SID, slotCountLog2: 10 })
    for (let kept = 2; kept <= 4; kept += 2) {
      other.append(post(other.append(pre())!, { operationStatus: 53 }))
      while (linesOf().length < kept) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(linesOf()).toEqual(['record 0', 'record 1', 'record 2', 'record 3'])
    ring.append(post(failing, { threadId: 1, operationStatus: 53 }))
    while (linesOf().length < 4 + 3) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await recorder.kill('SIGTERM')).toBe(0)
    const byRing = [...countsIn(folder.path, 'logons').values()].map((counts) => [...counts.keys()])
    expect(byRing).toContainEqual(['record 0', 'filtered 1-20', 'record 21'])
  })

  it('keeps a PRE undecided where the ring could overwrite it, and at the end', async () => {
    const ring = rings.create({ slotCountLog2: 5 })
    ring.append(pre({ threadId: 1 }))
    for (let i = 0; i < 15; i++) ring.append(post(ring.append(pre({ threadId: 2 }))!, { threadId: 2 }))
    ring.append(pre({ threadId: 3 }))
    expect(await record('--filter', 'outcome == "failed"', '--duration', '1').ended()).toBe(0)
    expect(linesOf()).toEqual(['record 0', 'filtered 1-30', 'record 31'])
  })

  it('killed and started again, holds each sequence once', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    let written = 0
    for (let round = 0; round < 4; round++) {
      const recorder = record('--filter', 'outcome == "failed"', '--rotate-records', '50')
      await recorder.says('Recording to')
      for (let i = 0; i < 200; i++, written += 2) ring.append(post(ring.append(pre())!, { operationStatus: i % 3 === 0 ? 53 : 0 }))
      await new Promise((resolve) => setTimeout(resolve, 300 + 400 * round))
      await recorder.kill('SIGKILL')
    }
    expect(await record('--filter', 'outcome == "failed"', '--duration', '1').ended()).toBe(0)
    const sequences = linesOf().flatMap((line) => {
      const [, first, last = first] = /(\d+)(?:-(\d+))?$/.exec(line)!
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i)
    })
    expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, i) => i))
    const kept = linesOf().filter((line) => line.startsWith('record'))
    expect(kept).toHaveLength(4 * 67 * 2)
  }, 60_000)

  it('refuses a filter that is none', async () => {
    const recorder = record('--filter', 'outcome = 1')
    expect(await recorder.ended()).toBe(2)
    expect(recorder.stderr).toMatch(/mprtap: /)
  })
})

describe('accounts in a filter', () => {
  const options = (): RecordOptions => ({
    sources: [rings.directory],
    to: folder.file('logons.pcapng'),
    filter: 'user == "CORP\\berger"',
    rotation: { bytes: 1e9 },
    application: 'mprtap test',
    comment: 'test',
    signal: AbortSignal.abort(),
    tell: () => {},
    onFile: () => {},
  })

  it('are found once, and the records of others left out', async () => {
    for (const sid of [SID, OTHER_SID]) {
      const ring = rings.create({ sid, slotCountLog2: 10 })
      ring.append(post(ring.append(pre())!))
    }
    const asked: string[] = []
    const findSid = async (name: string) => {
      asked.push(name)
      return OTHER_SID
    }
    const stop = new AbortController()
    const { recorder, close } = await openRecorder({ ...options(), findSid, signal: stop.signal })
    const running = recorder.run()
    while (!linesOf().includes('record 1')) await new Promise((resolve) => setTimeout(resolve, 50))
    stop.abort()
    await running
    close()
    expect(asked).toEqual(['CORP\\berger'])
    const users: string[] = []
    for await (const { user } of await openTap({ sources: capturePaths() })) users.push(user)
    expect(users).toEqual([OTHER_SID])
  })

  it('are refused where nobody can be asked, and where there is none of that name', async () => {
    rings.create()
    await expect(openRecorder(options())).rejects.toMatchObject({
      code: 'MPRTAP_FILTER_SYNTAX',
      message: expect.stringContaining('Give the SID'),
    })
    await expect(openRecorder({ ...options(), findSid: async () => undefined })).rejects.toThrow('There is no account')
  })

  it.each([{ fliter: 'x' }, { sources: 'rings' }, { to: '' }, { filter: 5 }, { tell: undefined }])(
    'and options such as %o are no option',
    async (wrong) => {
      await expect(openRecorder({ ...options(), ...wrong } as never)).rejects.toMatchObject({ code: 'MPRTAP_INVALID_ARGUMENT' })
    },
  )
})

describe('names of accounts in captures', () => {
  it('are in each file, with the time when they were looked up, as soon as they are known', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    ring.append(post(ring.append(pre())!))
    let asked = 0
    const stop = new AbortController()
    const { recorder, close } = await openRecorder({
      sources: [rings.directory],
      to: folder.file('logons.pcapng'),
      rotation: { bytes: 1e9, records: 4 },
      application: 'mprtap test',
      comment: 'test',
      signal: stop.signal,
      tell: () => {},
      onFile: () => {},
      accountNameOf: (sid) => (++asked < 3 ? undefined : { name: `CORP\\${sid.slice(-4)}`, at: 1_767_600_000_000 }),
    })
    const running = recorder.run()
    const namesIn = (path: string) => {
      const reader = new CaptureReader(new MemoryInput(path, new Uint8Array(readFileSync(path))))
      const names: unknown[] = []
      while (reader.next() === CAPTURE_PACKET)
        if (reader.kind === PACKET_NAME) names.push(decodeName(reader.bytes.subarray(reader.start, reader.end)))
      return names
    }
    const name = { sid: SID, name: `CORP\\${SID.slice(-4)}`, lookedUp: 134_120_736_000_000_000n }
    const has = async (file: number) => {
      while (!capturePaths()[file] || namesIn(capturePaths()[file]!).length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
      expect(namesIn(capturePaths()[file]!)).toEqual([name])
    }
    await has(0)
    ring.append(post(ring.append(pre())!))
    ring.append(post(ring.append(pre())!))
    await has(1)
    stop.abort()
    await running
    close()
  })
})
