// mprtap install, uninstall and status in real Node for Windows, on the registry, the files and the loaded DLLs of Wine.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { BASE_ACCESS, CONTROL_ACCESS, FOLDERS, folderAccess } from '../../host/windows/access.ts'
import { parseDescriptor, sddlOf } from '../../host/windows/descriptor.ts'
import { parsePe } from '../../host/windows/pe-file.ts'
import { serviceSid } from '../../host/windows/service-sid.ts'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { importRegistry, registryFile, removed } from '../../scripts/lib/registry.mjs'
import { mayLeaveOutWindowsNode } from '../../scripts/lib/windows-node.mjs'
import { waitFor } from '../../scripts/lib/wine.mjs'
import { installNotifyee, notifyeeKeys } from '../../scripts/lib/wine-prefix.mjs'
import { bed } from './bed.ts'
import { mprtapJson, mprtapThere, putCommand, putModule, runThere } from './windows-command.ts'

const dll = join(bed.wine.system32, 'mprtap.dll')
const ours = () => readFileSync(inBuild('dll', 'x64', 'mprtap.dll'))
const oldCopies = () => readdirSync(bed.wine.system32).filter((name) => /^mprtap\.(old|new)/.test(name))
const sessionManager = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager'

/** Our DLL as an earlier version would have been: other bytes, another stamp, version 0.0.9. */
function olderDll(): Buffer {
  const bytes = Buffer.from(ours())
  const at = bytes.indexOf(Buffer.from([0xbd, 0x04, 0xef, 0xfe]))
  bytes.writeUInt32LE(0, at + 8)
  bytes.writeUInt32LE(9 << 16, at + 12)
  bytes.writeUInt32LE(1, bytes.readUInt32LE(0x3c) + 8)
  expect(parsePe(bytes)).toMatchObject({ version: '0.0.9.0', stamp: 1, product: 'mprtap' })
  return bytes
}

/** As the other tests want the prefix. */
async function restore(): Promise<void> {
  for (const name of oldCopies()) rmSync(join(bed.wine.system32, name))
  rmSync(dll, { force: true })
  installNotifyee()
  await importRegistry(
    registryFile({
      ...notifyeeKeys,
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\mprtap': { Directory: removed() },
      [sessionManager]: { PendingFileRenameOperations: removed() },
    }),
  )
  bed.fresh()
}

describe.skipIf(mayLeaveOutWindowsNode())('on a machine', () => {
  beforeAll(async () => {
    putCommand('busy.mjs', 'descriptors.mjs')
    await putModule('host/system/machine.ts', 'windows-machine.js')
    await putModule('host/system/access-lists.ts', 'access-lists.js')
  })
  beforeEach(async () => {
    await restore()
    await mprtapThere('uninstall', '--purge', '--quiet')
  })
  afterAll(restore)

  it('without mprtap, status says so with exit code 3', async () => {
    const { status, said } = await mprtapJson('status')
    expect(status).toBe(3)
    expect(said).toMatchObject({ isInstalled: false, findings: ['mprtap is not installed on this machine.'] })
    expect(existsSync(dll)).toBe(false)
  })

  it('install puts everything in its place; what programs map from then on is recorded; uninstall takes it away', async () => {
    const installed = await mprtapJson('install')
    expect(installed).toMatchObject({ status: 0, said: { exitCode: 0, dryRun: false } })
    expect(installed.said.notes.join()).toContain('not verified: Wine')
    expect(readFileSync(dll)).toEqual(ours())
    expect(await mprtapJson('status')).toMatchObject({
      status: 0,
      said: { isInstalled: true, findings: [], registration: { state: 'right', value: 'C:\\windows\\System32\\mprtap.dll' } },
    })
    await bed.run(['add K: \\\\fs01\\a', 'cancel K:'])
    expect(bed.head()).toBe(4)
    expect(await mprtapJson('install')).toMatchObject({ status: 0, said: { changes: [] } })

    expect(await mprtapJson('uninstall')).toMatchObject({ status: 0 })
    expect([existsSync(dll), bed.rings().length]).toEqual([false, 1])
    await bed.run(['add K: \\\\fs01\\a'])
    expect(bed.head()).toBe(4)
    const purged = await mprtapJson('uninstall', '--purge')
    expect(purged.said.changes.join()).toContain('.v1.ring')
    expect(existsSync(bed.wine.mprtapDirectory)).toBe(false)
  })

  it('--dry-run changes nothing', async () => {
    const { status, said } = await mprtapJson('install', '--dry-run')
    expect([status, said.changes.length > 10, existsSync(dll), existsSync(bed.wine.mprtapDirectory)]).toEqual([0, true, false, false])
  })

  it('an upgrade while programs run with the old DLL answers 3010; old and new write one ring; status names the programs', async () => {
    await mprtapThere('install')
    rmSync(dll)
    writeFileSync(dll, olderDll())
    const program = bed.wine.spawn(bed.client, ['--repeat', '1000000', 'add - \\\\fs01\\old', 'sleep 5'])
    const ended = waitFor(program, 90_000)
    try {
      await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(0), 20_000)
      const upgraded = await mprtapJson('install')
      expect(upgraded).toMatchObject({ status: 3010, said: { exitCode: 3010 } })
      expect([readFileSync(dll).equals(ours()), oldCopies()]).toEqual([true, ['mprtap.old-0.dll']])
      await bed.run(['add K: \\\\fs01\\new'])
      const before = bed.head()
      await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(before), 20_000)
      expect(bed.rings()).toHaveLength(1)
      const { status, said } = await mprtapJson('status')
      expect([status, said.loaded.map(({ image, build }: Record<string, string>) => [image, build])]).toEqual([3, [['client.exe', 'old']]])
      expect(said.pendingRemovals).toEqual(['C:\\windows\\System32\\mprtap.old-0.dll'])
    } finally {
      program.kill('SIGKILL')
      await ended
    }
    const names = (await bed.operations(2)).map(({ remoteName }) => remoteName)
    expect(names).toContain('\\\\fs01\\old')
    // Nobody has the old one loaded any more: the next run removes it.
    expect(await mprtapJson('install')).toMatchObject({
      status: 0,
      said: { changes: ['removed the old copy C:\\windows\\System32\\mprtap.old-0.dll'] },
    })
    expect(oldCopies()).toEqual([])
  })

  it('uninstall while a program runs with the DLL answers 3010, and Windows is asked to remove the file at its next start', async () => {
    await mprtapThere('install')
    const program = bed.wine.spawn(bed.client, ['--repeat', '1000000', 'add - \\\\fs01\\a', 'sleep 5'])
    const ended = waitFor(program, 90_000)
    try {
      await vi.waitFor(() => expect(bed.head()).toBeGreaterThan(0), 20_000)
      expect((await mprtapThere('uninstall', '--quiet')).status).toBe(3010)
      expect([existsSync(dll), oldCopies()]).toEqual([false, ['mprtap.old-0.dll']])
    } finally {
      program.kill('SIGKILL')
      await ended
    }
    await bed.wine.mustRun('wineboot', ['-r'])
    expect(oldCopies()).toEqual([])
  })

  it('a second install at the same time is refused with 1618; the lock leaves nothing behind', async () => {
    const { stdout } = await runThere('busy.mjs')
    expect(JSON.parse(stdout)).toEqual({ status: 1618, error: expect.stringContaining('Another mprtap install or uninstall is at work') })
  })

  it('a newer DLL is not replaced: 1603, one sentence, and nothing is changed', async () => {
    const newer = olderDll()
    newer.writeUInt32LE(7 << 16, newer.indexOf(Buffer.from([0xbd, 0x04, 0xef, 0xfe])) + 8)
    writeFileSync(dll, newer)
    const { status, stdout, stderr } = await mprtapThere('install')
    expect([status, stdout]).toEqual([1603, ''])
    expect(stderr).toMatch(
      /^mprtap: C:\\windows\\System32\\mprtap\.dll is version 7\.0\.9\.0, newer than this package's 0\.1\.0\. [^\n]*\n$/,
    )
    expect([readFileSync(dll).equals(newer), existsSync(bed.wine.mprtapDirectory)]).toEqual([true, false])
  })

  it('a read-only folder of the system undoes everything', async () => {
    mkdirSync(join(bed.wine.system32, 'mprtap.new.dll'))
    const { status, stderr } = await mprtapThere('install')
    rmSync(join(bed.wine.system32, 'mprtap.new.dll'), { recursive: true })
    expect(status).toBe(1603)
    expect(stderr).toContain('Everything is as it was before.')
    expect([existsSync(dll), existsSync(bed.wine.mprtapDirectory)]).toEqual([false, false])
  })

  it('the access lists that are set are what their text says: Windows makes these bytes of them, and the parser reads the bytes back', async () => {
    const service = serviceSid('mprtap')
    const lists = [
      BASE_ACCESS,
      CONTROL_ACCESS,
      ...FOLDERS.map((name) => folderAccess(name)),
      ...FOLDERS.map((name) => folderAccess(name, service)),
    ]
    const { stdout } = await runThere('descriptors.mjs', JSON.stringify(lists.map(sddlOf)))
    const bytes: string[] = JSON.parse(stdout)
    expect(bytes.map((hex) => parseDescriptor(Buffer.from(hex, 'hex')))).toEqual(lists)
  })
})
