// What a tap can be given to read, and how a tap of sources at rest ends.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Operation, openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { openFiles, RingsOnDisk } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const root = join(import.meta.dirname, '../..')

async function all(options: object): Promise<Operation[]> {
  const operations: Operation[] = []
  for await (const operation of await openTap({ follow: false, ...options })) operations.push(operation)
  return operations
}

describe('a tap that does not follow', () => {
  it('reads what is there from its oldest record, gives up what still waits, and ends by itself', async () => {
    const ring = rings.create()
    ring.append(post(ring.append(pre({ threadId: 1 }))!, { threadId: 1 }))
    ring.append(pre({ threadId: 2 }))
    const before = openFiles()
    const operations = await all({ sources: [rings.directory] })
    expect(operations.map(({ outcome, process }) => [process.threadId, outcome])).toEqual([
      [1, 'succeeded'],
      [2, 'unfinished'],
    ])
    expect(openFiles()).toEqual(before)
  })

  it('ends after a record at the end that was never written whole, in a loop and drained', async () => {
    const ring = rings.create()
    ring.append(post(0n))
    ring.claim()
    expect(await all({ sources: [rings.directory] })).toHaveLength(1)
    const tap = await openTap({ follow: false, from: 'oldest', sources: [rings.directory] })
    await tap.drain({ final: true })
    await tap.close()
    expect(tap.stats()).toMatchObject({ operations: 1, abandoned: 1, pending: 0 })
  })

  it('ends where there is nothing to read', async () => {
    expect(await all({ sources: [rings.directory] })).toEqual([])
  })

  it('reads several sources: a folder that was copied from another machine, and a ring by its path', async () => {
    const mine = rings.create()
    mine.append(post(0n, { threadId: 1 }))
    const copied = join(rings.directory, 'copied')
    mkdirSync(copied)
    const { operations } = writeRings(join(rings.directory, 'there'), { seed: 5, operations: 200, users: 3 })
    cpSync(join(rings.directory, 'there'), copied, { recursive: true })
    const read = await all({ sources: [copied, rings.path()] })
    expect(read).toHaveLength(operations + 1)
    expect(read.filter(({ user }) => user === SID)).toHaveLength(1)
  })

  it('reads a source that is named twice once', async () => {
    rings.create({ sid: OTHER_SID }).append(post(0n))
    const path = rings.path({ sid: OTHER_SID })
    expect(await all({ sources: [path, path, join(rings.directory, 'users', '..', 'users', path.split('/').at(-1)!)] })).toHaveLength(1)
  })

  it('waits for no FIFO in the place of a ring', async () => {
    execFileSync('mkfifo', [rings.path()])
    expect(await all({ sources: [rings.directory] })).toEqual([])
  })

  it('needs no native code', () => {
    rings.create().append(post(0n))
    const program = `
      import { openTap } from ${JSON.stringify(join(root, 'build/index.js'))}
      for await (const { outcome } of await openTap({ sources: [${JSON.stringify(rings.directory)}], follow: false })) console.log(outcome)
      await openTap({ sources: [${JSON.stringify(rings.directory)}] }).catch(({ code, message }) => console.log(code, message))`
    const script = join(rings.directory, 'program.mjs')
    writeFileSync(script, program)
    const { stdout } = spawnSync(process.execPath, ['--no-addons', script], { encoding: 'utf8' })
    expect(stdout.split('\n')).toEqual([
      'succeeded',
      expect.stringMatching(/^MPRTAP_NATIVE_MISSING Live rings need native code .*linux.*/),
      '',
    ])
  })
})
