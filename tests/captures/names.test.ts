// Names of accounts that captures bring along: a SID means nothing on another machine.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { mprtap } from '../cli/command.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { ToolFolder } from './debian-tools.ts'
import { NOW, RingCapture } from './ring-captures.ts'

const rings = new RingsOnDisk()
const folder = new ToolFolder()

/** A capture of one operation of a user whose name it says, and the ring of another user beside it. */
function capture(): string {
  const ring = rings.create({ slotCountLog2: 4 })
  ring.append(post(ring.append(pre())!))
  const made = new RingCapture()
  const { captured, records } = made.ring(ring, 0)
  made.writer.name(captured, { sid: SID, name: 'CORP\\m.berger', lookedUp: NOW })
  records(2)
  return folder.write('a.pcapng', made.bytes())
}

describe('the name of an account in a capture', () => {
  it('is what a tap calls the account, also when rings are read with it', async () => {
    const path = capture()
    for (const sources of [[path], [rings.directory, path]]) {
      const tap = await openTap({ sources, follow: false, from: 'oldest' })
      for await (const _ of tap);
      expect([tap.accountName(SID), tap.accountName(OTHER_SID)]).toEqual(['CORP\\m.berger', undefined])
    }
    const redacted = await openTap({
      sources: [path],
      follow: false,
      redact: folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`),
    })
    for await (const _ of redacted);
    expect(redacted.accountName(SID)).toBeUndefined()
  })

  it.each([
    ['history', 'P:'],
    ['history', 'P:', '--json'],
    ['logons'],
    ['logons', '--json'],
    ['report', '--by', 'user'],
    ['top', '--view', 'users'],
  ])('is in %s %s %s', async (...args) => {
    const run = mprtap(...args, capture())
    expect(await run.ended()).toBe(0)
    expect(run.stdout).toMatch(/CORP\\{1,2}m\.berger/)
  })

  it('is in the report', async () => {
    const run = mprtap('report', '--html', folder.file('page.html'), capture())
    expect(await run.ended()).toBe(0)
    expect(readFileSync(folder.file('page.html'), 'utf8')).toContain('CORP\\m.berger')
  })
})
