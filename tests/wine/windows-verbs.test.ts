// mprtap control, notifyees, doctor and snapshot in real Node for Windows under Wine.

import { rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importRegistry, registryFile, removed, text } from '../../scripts/lib/registry.mjs'
import { mayLeaveOutWindowsNode } from '../../scripts/lib/windows-node.mjs'
import { bed } from './bed.ts'
import { mprtapJson, mprtapThere, putCommand } from './windows-command.ts'

const NOTIFYEES = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider\\Notifyees'

describe.skipIf(mayLeaveOutWindowsNode())('in Node for Windows', () => {
  beforeAll(() => putCommand())
  beforeEach(() => bed.fresh())

  it('control switches recording off and on for every program, and says so', async () => {
    expect(await mprtapJson('control', '--off')).toMatchObject({ status: 0, said: { control: { switchedOff: true, slotCountLog2: 10 } } })
    await bed.run(['add K: \\\\fs01\\a'])
    expect(bed.rings()).toEqual([])
    expect(await mprtapJson('control', '--on', '--slots-log2', '4')).toMatchObject({
      status: 0,
      said: { control: { switchedOff: false, slotCountLog2: 4 } },
    })
    await bed.run(['add K: \\\\fs01\\a'])
    expect(bed.head()).toBe(2)
    const { said } = await mprtapJson('control', '--slots-log2', '5')
    expect(said.otherSizes).toEqual([{ path: expect.stringContaining('.v1.ring'), slotCountLog2: 4 }])
    rmSync(bed.control)
    expect((await mprtapJson('control')).said.fault).toContain('is missing')
  })

  it('notifyees knows ours and the test provider, and finds what else is registered with exit code 3', async () => {
    const { lines } = await mprtapJson('notifyees')
    expect(lines[0]).toMatchObject({
      type: 'notifyee',
      name: 'mprtap',
      isOurs: true,
      files: [{ bits: 64, exists: true, product: 'mprtap' }],
    })
    expect(lines[1]).toMatchObject({ type: 'provider', name: 'mprtaptest' })
    await importRegistry(registryFile({ [NOTIFYEES]: { svcmgmt: text('svcmgmt.dll') } }))
    try {
      const { status, stdout } = await mprtapThere('notifyees')
      expect(status).toBe(3)
      expect(stdout).toContain('notifyee svcmgmt: svcmgmt.dll')
      expect(stdout).toContain('is not absolute')
      expect(stdout).toContain('not verified: Wine')
    } finally {
      await importRegistry(registryFile({ [NOTIFYEES]: { svcmgmt: removed() } }))
    }
  })

  it('watch says that the DLL is registered twice', async () => {
    await importRegistry(registryFile({ [NOTIFYEES]: { again: text('%SystemRoot%\\System32\\mprtap.dll') } }))
    try {
      const { stderr } = await mprtapThere('watch', '--duration', '1')
      expect(stderr).toContain('The DLL is registered 2 times under Notifyees')
    } finally {
      await importRegistry(registryFile({ [NOTIFYEES]: { again: removed() } }))
    }
  })

  it.each([
    ['record', '--to', 'NUL', 'name of a device, NUL'],
    ['report', '--html', 'C:\\t\\report.html:1', 'a colon in a name'],
    ['forward', '--to', 'file:C:\\t\\out.ndjson.', 'a dot or a blank'],
  ])('%s %s %s makes nothing that Windows could not open, and says why', async (verb, option, path, sentence) => {
    expect(await mprtapThere(verb, option, path)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(sentence) })
  })

  it('watch takes a user by the name that Windows gives, refuses one that nobody knows, and writes into the event log', async () => {
    await bed.run(['add K: \\\\fs01\\a'])
    // Wine calls its user as the system below it does.
    const { username } = userInfo()
    const watched = await mprtapThere('watch', '--event-log', '--from', 'oldest', '--count', '1', '--duration', '20', '--user', username)
    expect(watched).toMatchObject({ status: 0, stdout: expect.stringContaining('\\\\fs01\\a') })
    const unknown = await mprtapThere('watch', '--user', 'NOWHERE\\nobody')
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no account') })
  })

  it('doctor says of each client of this machine whether it is recorded, and cancels what it made', async () => {
    const share = '\\\\fs01\\doctor'
    const { lines, said } = await mprtapJson('doctor', '--share', share, '--verify')
    const clients = Object.fromEntries(lines.filter(({ area }) => area === 'client').map(({ what, detail }) => [what, detail]))
    for (const name of ['WNetAddConnection2', 'WNetAddConnection3'])
      expect(clients[name]).toBe('status 0; seen: 1 PRE, 1 POST, by node.exe')
    // The stand-in leaves this one to Wine, which has no provider of its own.
    expect(clients.WNetUseConnection).toMatch(/not seen$/)
    // Wine's powershell.exe does nothing, and says that it did.
    expect(clients['PowerShell New-SmbMapping']).toMatch(/not seen$|is not on this machine/)
    expect(lines.filter(({ area }) => area === 'access').map(({ detail }) => detail)).toContain('not verified: Wine')
    expect(lines.find(({ area }) => area === 'blocked loads')).toMatchObject({ result: 'not checked' })
    expect(lines.find(({ area, what }) => area === 'verify' && what.startsWith('MPR loads'))).toMatchObject({ result: 'ok' })
    expect(said).toMatchObject({ type: 'summary' })
    const operations = await bed.operations(4)
    expect(operations.map(({ kind, remoteName }) => [kind, remoteName])).toEqual(
      ['add', 'cancel', 'add', 'cancel'].map((kind) => [kind, share]),
    )
  })
})

afterAll(() => bed.fresh())
