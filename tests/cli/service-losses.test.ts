// What a service loses is told where administrators look for it: every verb that runs for good notes each loss, for the event log.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HEADER_SIZE, RECORD_START, SLOT_SIZE } from '../../format/layout.ts'
import { LineWriter } from '../../host/cli/output/line-writer.ts'
import type { CommandContext, Verb } from '../../host/cli/verb.ts'
import { VERBS } from '../../host/cli/verbs.ts'
import type { Loss } from '../../host/model/account.ts'
import { writeRings } from '../../host/testing/index.ts'

// The build puts it in.
vi.stubGlobal('MPRTAP_VERSION', '0.0.0')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-losses-'))
  mkdirSync(join(folder, 'to'))
  mkdirSync(join(folder, 'checkpoints'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Rings of one user, of which the record with sequence 1 is damaged. */
function damagedRings(): string {
  const rings = join(folder, 'rings')
  writeRings(rings, { seed: 1, operations: 10, users: 1 })
  const path = join(rings, 'users', readdirSync(join(rings, 'users'))[0]!)
  const bytes = readFileSync(path)
  bytes[HEADER_SIZE + SLOT_SIZE + RECORD_START + 20]! ^= 0xff
  writeFileSync(path, bytes)
  return rings
}

/** Runs a verb until it has noted a loss. */
async function firstLoss(name: string, ...words: string[]): Promise<Loss> {
  const { load } = VERBS.find((verb) => verb.name === name)!
  const verb = (await load()) as Verb<unknown, readonly unknown[]>
  const command = new Command().exitOverride()
  verb.define(command)
  command.action(() => {})
  await command.parseAsync(words, { from: 'user' })
  const stop = new AbortController()
  const losses: Loss[] = []
  const stdout = new PassThrough().resume() as unknown as NodeJS.WriteStream
  const context: CommandContext = {
    stdin: process.stdin,
    stdout,
    stderr: new PassThrough().resume(),
    env: {},
    stop: stop.signal,
    output: new LineWriter(stdout),
    tell: () => {},
    say: () => {},
    noteLoss: (loss) => {
      losses.push(loss)
      stop.abort()
    },
  }
  expect(await verb.run(command.opts(), command.processedArgs, context)).toBe(0)
  expect(losses).toHaveLength(1)
  return losses[0]!
}

it.each([
  ['watch', 'standard output', () => ['--from', 'oldest', '--json']],
  ['record', 'captures', () => ['--to', join(folder, 'to', 'kept.pcapng')]],
  ['forward', 'a file', () => ['--to', `file:${join(folder, 'to', 'events')}`, '--checkpoint-folder', join(folder, 'checkpoints')]],
  [
    'forward',
    'an engine that is away, and standard output',
    () => ['--to', 'nats://127.0.0.1:9', '--to', '-', '--checkpoint-folder', join(folder, 'checkpoints')],
  ],
])('%s into %s notes a damaged record once', async (name, _, words) => {
  const rings = damagedRings()
  expect(await firstLoss(name, ...words(), rings)).toMatchObject({ reason: 'corrupt', first: 1, count: 1 })
})
