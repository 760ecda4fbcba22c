// When two things go wrong, the first is what is thrown; and a tap that could not be opened holds nothing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Notification, openTap, type Tap, type TapOptions } from '../../host/index.ts'
import { workThenClose } from '../../host/model/work-then-close.ts'
import { post, pre } from '../host/records.ts'
import { openFiles, RingsOnDisk } from '../host/rings-on-disk.ts'

const rings = new RingsOnDisk()
const fault = new Error('the cause')

describe('a callback that throws, while the checkpoint cannot be saved', () => {
  /** A tap that has lost something, and whose checkpoint file has become a folder. */
  async function open(told: string[]) {
    const ring = rings.create({ slotCountLog2: 2 })
    const tap = (await openTap({
      sources: [rings.directory],
      level: 'notification',
      from: { consumer: 'audit' },
      onLoss: () => {
        throw fault
      },
      onDiagnostic: ({ code }) => told.push(code),
    })) as Tap<Notification>
    mkdirSync(join(rings.directory, 'consumers/audit.json'))
    ring.append(pre())
    for (let i = 0; i < 20; i++) ring.append(post(0n))
    return tap
  }

  it.each<[string, (tap: Tap<Notification>) => AsyncIterable<unknown>]>([
    ['events', (tap) => tap],
    ['batches', (tap) => tap.batches()],
  ])('ends a loop over %s with what it threw; that nothing was saved is told', async (_, rows) => {
    const told: string[] = []
    const tap = await open(told)
    const read = async () => {
      for await (const _row of rows(tap));
    }
    await expect(read()).rejects.toBe(fault)
    expect(told).toEqual(['checkpoint-unsaved'])
  })
})

describe('a tap that cannot be opened holds nothing', () => {
  const refuse = () => {
    throw fault
  }
  it.each<[string, TapOptions]>([
    ['its signal takes no listener', { signal: { aborted: false, addEventListener: refuse, removeEventListener: () => {} } }],
    ['one of two sources is none', { sources: ['/nowhere/x.ring'] }],
    ['its filter is wrong', { filter: 'kind ==' }],
    ['its checkpoint is a folder', { from: { consumer: 'folder' } }],
    ['its capture is not there', { sources: ['/nowhere/x.pcapng'], from: 'oldest', follow: false }],
    ['its key of redaction is not there', { redact: '/nowhere/key', from: 'oldest' }],
  ])('%s', async (_, options) => {
    rings.create().append(pre())
    mkdirSync(join(rings.directory, 'consumers/folder.json'), { recursive: true })
    const files = openFiles()
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const all = { from: { consumer: 'audit' }, ...options, sources: [rings.directory, ...(options.sources ?? [])] }
    const chosen = { ...all, ...(typeof all.from === 'object' ? { checkpointFolder: join(rings.directory, 'consumers') } : {}) }
    await expect(openTap(chosen)).rejects.toThrow()
    expect(openFiles()).toEqual(files)
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(timers)
    // The name is free.
    await (await openTap({ sources: [rings.directory], from: { consumer: 'audit' } })).close()
  })
})

describe('work, and then closing', () => {
  const run = async (works: boolean, ...closes: boolean[]) => {
    const closed: number[] = []
    const closings = closes.map((isGood, i) => () => {
      closed.push(i)
      if (!isGood) throw new Error(`closing ${i}`)
    })
    const work = async () => {
      if (!works) throw fault
      return 'done'
    }
    const result = await workThenClose(work, ...closings).catch((error: Error) => error.message)
    return [result, closed]
  }

  it.each([
    ['gives what the work gave', [true, true, true], 'done'],
    ['throws the error of the work before any of closing', [false, false, false], 'the cause'],
    ['throws the first error of closing', [true, false, false], 'closing 0'],
    ['throws an error of closing that comes last', [true, true, false], 'closing 1'],
  ] as const)('%s, and closes all', async (_, [works, ...closes], expected) => {
    expect(await run(works, ...closes)).toEqual([expected, [0, 1]])
  })
})
