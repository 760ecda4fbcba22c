// A forwarder on Windows: Node for Windows reads rings that the DLL writes, and sends them to a real server. It is killed, and another goes on.

import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mayLeaveOutWindowsNode, windowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath, waitFor } from '../../scripts/lib/wine.mjs'
import { Farm, HOST, until } from '../farm/farm.ts'
import { bed } from './bed.ts'
import { inWindowsNode, putCommand } from './windows-command.ts'

const ENDED_MS = 20_000

describe.skipIf(mayLeaveOutWindowsNode())('mprtap forward in Node for Windows', { timeout: 180_000 }, () => {
  const farm = new Farm()
  let running: ChildProcess | undefined
  beforeAll(() => putCommand())
  beforeEach(() => bed.fresh())
  afterEach(kill)

  const said = () => readFileSync(join(farm.folder, 'said'), 'utf8')

  function start(): void {
    const log = openSync(join(farm.folder, 'said'), 'a')
    const args = ['forward', '--to', farm.url, '--host', HOST, '--linger', '100ms', '--statistics-every', '1s']
    running = bed.wine.spawn(windowsNode, [toWindowsPath(inWindowsNode('cli.js')), ...args], { stdout: log, stderr: log })
    closeSync(log)
  }

  /** As a power cut does: it saves nothing. */
  async function kill(): Promise<void> {
    const one = running
    running = undefined
    if (!one || one.exitCode !== null || one.signalCode !== null) return
    const ended = waitFor(one, ENDED_MS)
    one.kill('SIGKILL')
    await ended
  }

  const map = (name: string) => bed.run([`add - \\\\fs01\\${name}`])

  /** Until so many operations are in the stream. A forwarder that has ended brings no more. */
  async function count(operations: number): Promise<void> {
    await until(async () => {
      if (running!.exitCode !== null) throw new Error(`the forwarder has ended: ${said()}`)
      return (await farm.read()).operations.length >= operations
    })
  }

  it('brings what programs map into the stream; killed, it goes on, and each operation is there once', async () => {
    await map('a')
    start()
    await count(1)
    await map('b')
    await count(2)
    await kill()
    await map('c')
    start()
    await count(3)
    const { operations, told, lost } = await farm.read()
    expect(operations.map(({ remoteName, host }) => [remoteName, host])).toEqual(['a', 'b', 'c'].map((name) => [`\\\\fs01\\${name}`, HOST]))
    expect({ told, lost }).toEqual({ told: [], lost: 0 })
  })
})
