// A program that reads rings ends in good order on Windows, whoever ends it: with its exit code, nothing on standard error that it did not say
// itself, no process left behind, and with its consumer free for the next one.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { mayLeaveOutWindowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'
import { inWindowsNode, putCommand, runThere } from './windows-command.ts'

const CTRL_C = '0'
const CTRL_BREAK = '1'
const CONSOLE_CLOSED = '2'
const shares = ['a', 'b', 'c'].map((name) => `\\\\fs01\\${name}`)

describe.skipIf(mayLeaveOutWindowsNode())('in Node for Windows', () => {
  beforeAll(() => putCommand('ending.mjs', 'signal.mjs', 'send-event.mjs'))
  beforeEach(async () => {
    bed.fresh()
    await bed.run(shares.map((share) => `add - ${share}`))
  })
  afterAll(() => bed.fresh())

  /** What the next reader of that name gets first: its own proof that nobody holds the consumer any more. */
  const nextReader = async () => (await runThere('ending.mjs', './index.js', 'end')).stdout.trim()

  describe('a program with an open tap', () => {
    it('that leaves its loop ends by itself, and the next one goes on after what it took', async () => {
      expect(await runThere('ending.mjs', './index.js', 'end')).toEqual({ status: 0, stdout: `${shares[0]}\n`, stderr: '' })
      expect(await nextReader()).toBe(shares[1])
    })

    it('that throws in its loop ends with its error, and the next one gets that operation again at most', async () => {
      const { status, stdout, stderr } = await runThere('ending.mjs', './index.js', 'throw')
      expect([status, stdout]).toEqual([1, `${shares[0]}\n`])
      expect(stderr).toContain('Error: thrown by the program')
      expect(shares.slice(0, 2)).toContain(await nextReader())
    })

    it.each([
      ['process.exit', 'exit', 7, ''],
      ['a rejection that nobody handles', 'rejection', 1, 'Error: rejected by the program'],
    ])('that %s ends in the middle has its exit code, and the next one gets that operation again at most', async (_, way, code, said) => {
      const { status, stdout, stderr } = await runThere('ending.mjs', './index.js', way)
      expect([status, stdout.startsWith(`${shares[0]}\n`)]).toEqual([code, true])
      if (said === '') expect(stderr).toBe('')
      else expect(stderr).toContain(said)
      expect(await nextReader()).toMatch(/\\(a|b|c)$/)
    })

    it('in a worker that is terminated: the program goes on and ends by itself, and the next one may have the consumer', async () => {
      expect(await runThere('ending.mjs', './index.js', 'worker')).toEqual({ status: 0, stdout: 'terminated with 1\n', stderr: '' })
      expect(await nextReader()).toBe(shares[0])
    })
  })

  describe.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-Break', CTRL_BREAK],
    ['a closed console', CONSOLE_CLOSED],
  ])('%s', (_, event) => {
    const cli = toWindowsPath(inWindowsNode('cli.js'))
    const endedAfter = async (text: string, ...args: string[]) =>
      JSON.parse((await runThere('signal.mjs', event, text, cli, ...args)).stdout)
    const objects = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))

    it('ends watch in good order: exit code 0, the totals last, and a consumer that goes on where it was', async () => {
      const { status, signal, stdout, stderr, sender } = await endedAfter('fs01\\\\c', 'watch', '--json', '--consumer', 'audit')
      expect({ status, signal, stderr, sender }).toEqual({ status: 0, signal: null, stderr: '', sender: '0 ' })
      expect(objects(stdout).map(({ type, remoteName }) => remoteName ?? type)).toEqual([...shares, 'summary'])
      await bed.run(['add - \\\\fs01\\d'])
      const { stdout: after } = await runThere('cli.js', 'watch', '--json', '--consumer', 'audit', '--count', '1')
      expect(objects(after)[0]).toMatchObject({ remoteName: '\\\\fs01\\d' })
    })

    it('ends a watch that a configuration file describes, as a service has it', async () => {
      const config = inWindowsNode('config.json')
      writeFileSync(config, JSON.stringify({ watch: { json: true, from: 'oldest', filter: 'remoteName glob "*b"' } }))
      const { status, stdout, stderr } = await endedAfter('fs01\\\\b', 'watch', '--config', toWindowsPath(config), '--event-log')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(objects(stdout).map(({ type, remoteName }) => remoteName ?? type)).toEqual([shares[1], 'summary'])
    })

    it('ends record with its totals, and a capture that is whole', async () => {
      const to = inWindowsNode('captures')
      rmSync(to, { recursive: true, force: true })
      mkdirSync(to)
      const { status, stdout } = await endedAfter('Recording to', 'record', '--to', toWindowsPath(join(to, 'ended.pcapng')))
      expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+ records in 1 file, 0 lost\r?\n$/)])
      const recorded = Number.parseInt(stdout, 10)
      const tap = await openTap({
        sources: readdirSync(to).flatMap((name) => (name.endsWith('.pcapng') ? [join(to, name)] : [])),
        level: 'notification',
        from: 'oldest',
        follow: false,
      })
      await tap.drain({ final: true })
      expect(tap.stats()).toMatchObject({ notifications: recorded })
      await tap.close()
    })
  })
})
