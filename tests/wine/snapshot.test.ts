// mprtap snapshot, and snapshots beside watch, in real Node for Windows. The stand-in for MPR keeps the connections of a logon session, which the
// environment names (tests/mpr/provider/session.c); "net use" of another session is never among them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importRegistry, registryFile } from '../../scripts/lib/registry.mjs'
import { mayLeaveOutWindowsNode, windowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'
import { inWindowsNode, mprtapJson, mprtapThere, putCommand } from './windows-command.ts'

/** Calls of a program of a logon session. */
async function calls(session: string, ...commands: string[]): Promise<void> {
  const script = join(bed.programs, 'session.txt')
  writeFileSync(script, commands.join('\n'))
  await bed.wine.mustRun(bed.client, ['--script', toWindowsPath(script)], { env: { MPRTAP_TEST_SESSION: session } })
}

/** What a command says that is of a logon session. */
async function inSession<Result>(session: string, run: () => Promise<Result>): Promise<Result> {
  process.env.MPRTAP_TEST_SESSION = session
  try {
    return await run()
  } finally {
    delete process.env.MPRTAP_TEST_SESSION
  }
}

describe.skipIf(mayLeaveOutWindowsNode())('a snapshot', () => {
  beforeAll(async () => {
    putCommand()
    // What programs of an earlier run told Windows to remember.
    await importRegistry(registryFile({ '-HKEY_CURRENT_USER\\Network': {} }))
  })
  beforeEach(async () => {
    bed.fresh()
    await calls(
      'mine',
      'add Z: \\\\fs01\\проекты 0x1',
      'add - \\\\fs01\\ipc',
      'add Y: \\\\fs01\\b',
      'add X: \\\\fs01\\kept 0x1',
      'cancel X: force',
    )
    await calls('other', 'add W: \\\\fs01\\others')
  })
  afterEach(async () => {
    await calls('mine', 'cancel Z: force 0x1', 'cancel \\\\fs01\\ipc force', 'cancel Y: force', 'cancel X: force 0x1')
    await calls('other', 'cancel W: force')
  })

  it('lists what this logon session has mapped, and what Windows remembers, and names the session', async () => {
    const { status, lines } = await inSession('mine', () => mprtapJson('snapshot'))
    expect(status).toBe(0)
    expect(
      lines.slice(0, -1).map(({ localName, remoteName, isConnected, isRemembered }) => [localName, remoteName, isConnected, isRemembered]),
    ).toEqual([
      [undefined, '\\\\fs01\\ipc', true, false],
      ['Y:', '\\\\fs01\\b', true, false],
      ['Z:', '\\\\fs01\\проекты', true, true],
      ['X:', '\\\\fs01\\kept', false, true],
    ])
    expect(lines[0]).toMatchObject({ type: 'observed', change: 'present', provider: 'mprtap test network', level: 30 })
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      connections: 4,
      user: expect.stringMatching(/^S-1-5-21-/),
      logonId: expect.stringMatching(/^0x/),
    })
    const others = await inSession('other', () => mprtapJson('snapshot'))
    expect(others.lines.filter(({ isConnected }) => isConnected).map(({ localName }) => localName)).toEqual(['W:'])
  })

  it('says who and which session in a terminal’s words, and that an elevated process sees its own only', async () => {
    const { status, stdout, stderr } = await inSession('mine', () => mprtapThere('snapshot', '--all-users'))
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stdout).toMatch(/observed {4}Z: {3}-> \\\\fs01\\проекты {2}connected, remembered\r?\n/)
    expect(stderr).toMatch(/This process is elevated, so it has a logon session of its own/)
    expect(stderr).toMatch(/4 connections of .+, session \d+, logon session 0x[0-9a-f]+, elevated\./)
  })

  it('begins a watch with rows that no notification made', async () => {
    const { lines } = await inSession('mine', () => mprtapJson('watch', '--with-snapshot', '--duration', '1'))
    expect(lines.map(({ type, localName }) => [type, localName])).toEqual([
      ['observed', undefined],
      ['observed', 'Y:'],
      ['observed', 'Z:'],
      ['observed', 'X:'],
      ['summary', undefined],
    ])
  })

  it('reconciles: a drive that was restored without a notification is told', { timeout: 150_000 }, async () => {
    const options = ['--with-snapshot', '--reconcile', '5s', '--duration', '45', '--json']
    const cli = toWindowsPath(inWindowsNode('cli.js'))
    // Its first lines are the first snapshot, so that what is mapped from then on is news.
    const { lines, ended } = await inSession('mine', () => bed.start(windowsNode, cli, 'watch', ...options))
    await calls('mine', 'restore X:')
    await ended()
    const rows = lines().map((line) => JSON.parse(line))
    expect(rows.slice(4, -1).map(({ type, change, localName, level }) => [type, change, localName, level])).toEqual([
      ['observed', 'came', 'X:', 40],
    ])
  })
})
