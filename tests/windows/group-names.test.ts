// Groups by account have the account's name where it is known, and the SID where it is not.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { LineWriter } from '../../host/cli/output/line-writer.ts'
import { ActivityLog } from '../../host/cli/top/activity.ts'
import { plainLines } from '../../host/cli/top/layout.ts'
import type { Verb } from '../../host/cli/verb.ts'
import { VERBS } from '../../host/cli/verbs.ts'
import { accounts } from '../../host/system/accounts.ts'
import { writeRings } from '../../host/testing/index.ts'
import { operation } from '../cli/events.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-names-'))
  writeRings(folder, { seed: 1, operations: 20, users: 1 })
  vi.spyOn(accounts, 'namesOf').mockImplementation(
    async (sids) => new Map([...sids].map((sid) => [sid, { name: 'CORP\\berger\u001b', at: 0 }])),
  )
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

async function said(name: string, ...words: string[]): Promise<string> {
  const { load } = VERBS.find((verb) => verb.name === name)!
  const verb = (await load()) as Verb<unknown, readonly unknown[]>
  const command = new Command().exitOverride()
  verb.define(command)
  command.action(() => {})
  await command.parseAsync([...words, folder], { from: 'user' })
  const stdout = new PassThrough({ encoding: 'utf8' })
  const context = {
    stdin: process.stdin,
    stderr: new PassThrough().resume(),
    env: {},
    stop: new AbortController().signal,
    tell: () => {},
    say: () => {},
  }
  const output = new LineWriter(stdout as unknown as NodeJS.WriteStream)
  await verb.run(command.opts(), command.processedArgs, { ...context, stdout: stdout as unknown as NodeJS.WriteStream, output })
  await output.flush()
  return String(stdout.read() ?? '')
}

it('report --by user names them, escaped, and keeps the SID in JSON', async () => {
  expect(await said('report', '--by', 'user')).toMatch(/CORP\\berger\S+ .* 20 /)
  expect(await said('report', '--by', 'user')).not.toContain('\u001b')
  expect(await said('report', '--by', 'image')).not.toContain('CORP')
  expect(JSON.parse((await said('report', '--by', 'user', '--json')).split('\n')[0]!)).toMatchObject({
    key: expect.stringMatching(/^S-1-5-/),
    userName: 'CORP\\berger\u001b',
  })
})

it('top names them, in one table and while it runs; a filter finds both, the name and the SID', () => {
  const log = new ActivityLog()
  log.addOperation(operation({ user: 'S-1-5-21-1' }), 0)
  log.addOperation(operation({ user: 'S-1-5-21-2' }), 0)
  const nameOf = (sid: string) => (sid === 'S-1-5-21-1' ? 'CORP\\berger' : undefined)
  const lines = (filter: string) => {
    const choice = { view: 'users', order: 'operations', filter, isTyping: false, isPaused: false, skipped: 0 } as const
    return plainLines(log, choice, undefined, nameOf).slice(1)
  }
  expect(lines('').map((line) => line.split(' ')[0])).toEqual(['CORP\\berger', 'S-1-5-21-2'])
  expect(lines('BERG')).toHaveLength(1)
  expect(lines('21-1')).toEqual(lines('berg'))
})
