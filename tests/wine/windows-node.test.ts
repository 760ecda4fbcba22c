// The host on Windows: real Node for Windows runs the bundles and reads the rings through kernel32. What it says is compared with what the
// host on this machine reads from the same files.

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { RINGS_MAX } from '../../assembly/abi.ts'
import { HEADER_FILE_ID } from '../../format/layout.ts'
import type { Operation } from '../../host/index.ts'
import { sidOfRingName } from '../../host/rings/ring-folder.ts'
import { RingWriter, ringFileName } from '../../host/testing/index.ts'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { importRegistry, registryFile, removed, text } from '../../scripts/lib/registry.mjs'
import { mayLeaveOutWindowsNode, runWindowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { pre } from '../host/records.ts'
import { bed } from './bed.ts'
import { inWindowsNode, putBundles } from './windows-command.ts'

const script = 'tests/wine/windows'
const NO_TOTALS = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, rewinds: 0 }
const commands = [
  'add K: \\\\fs01\\проекты',
  'add - \\\\fs01\\{d83d}{de80}{d800}',
  'add L: \\\\gone-20ms\\a',
  'add3 M: \\\\fs01\\cancelled print 0x20000',
  'add - \\\\fs01\\{e9*400}',
  'cancel K: force',
  'cancel Z:',
]

/** The lines of NDJSON without the time at which the summary was made. */
function objects(ndjson: string): Record<string, unknown>[] {
  return ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map((object) => (object.type === 'summary' ? { ...object, time: undefined } : object))
}

async function succeeds(program: string, args: readonly string[] = []): Promise<string> {
  const { code, timedOut, stdout, stderr } = await runWindowsNode(inWindowsNode(program), [...args], { timeoutMs: 30_000 })
  expect({ code, timedOut, stderr }).toEqual({ code: 0, timedOut: false, stderr: '' })
  return stdout
}

describe.skipIf(mayLeaveOutWindowsNode())('Node for Windows', () => {
  beforeAll(async () => {
    putBundles()
    for (const name of ['departed.mjs', 'empty.mjs', 'follow.mjs', 'map.mjs', 'survive.mjs'])
      copyFileSync(inRoot(script, name), inWindowsNode(name))
    await build({
      entryPoints: [inRoot('host/system/windows.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['koffi'],
      outfile: inWindowsNode('windows-system.js'),
    })
  })

  beforeEach(() => bed.fresh())

  it.each([[['--json']], [['--json', '--notifications']]])(
    'watch %j finds the directory by itself, says what the host on Linux says, and ends by itself',
    async (options) => {
      await bed.run(commands)
      const count = options.length === 1 ? commands.length : 2 * commands.length
      const args = ['watch', '--from', 'oldest', '--count', String(count), ...options]
      const here = execFileSync(process.execPath, [inBuild('cli.js'), ...args, bed.wine.mprtapDirectory], {
        encoding: 'utf8',
        timeout: 20_000,
      })
      const there = objects(await succeeds('cli.js', args))
      expect(there).toHaveLength(count + 1)
      expect(there).toEqual(objects(here))
    },
  )

  it('follows programs while they run, through the library, and reads what the host on Linux reads', async () => {
    const output = inWindowsNode('followed.ndjson')
    rmSync(output, { force: true })
    await bed.run(['add - \\\\fs01\\before'])
    const following = succeeds('follow.mjs', ['./index.js', toWindowsPath(output), String(commands.length)])
    await vi.waitFor(() => expect(existsSync(output)).toBe(true), 20_000)
    await bed.run(commands)
    await following
    const all = (await bed.operations(1 + commands.length)).slice(1)
    expect(objects(readFileSync(output, 'utf8'))).toEqual(JSON.parse(JSON.stringify(all)))
  })

  it('finds the directory that the registry names, as the DLL does', async () => {
    const elsewhere = 'C:\\ProgramData\\mprtap\\elsewhere'
    const key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\mprtap'
    await importRegistry(registryFile({ [key]: { Directory: text(elsewhere) } }))
    try {
      bed.fresh(join(bed.wine.mprtapDirectory, 'elsewhere'))
      await bed.run(['add K: \\\\fs01\\elsewhere'])
      expect(bed.rings()).toEqual([])
      const [operation] = objects(await succeeds('cli.js', ['watch', '--from', 'oldest', '--count', '1', '--json']))
      expect(operation).toMatchObject({ remoteName: '\\\\fs01\\elsewhere' })
    } finally {
      await importRegistry(registryFile({ [key]: { Directory: removed() } }))
    }
  })

  it('knows its user by the SID that the DLL recorded under', async () => {
    await bed.run(['add K: \\\\fs01\\a'])
    writeFileSync(
      inWindowsNode('who.mjs'),
      "import * as system from './windows-system.js'\nconsole.log(system.currentUserSid(), system.systemDrive(), system.isFixedDrive('C:\\\\'))\n",
    )
    const sid = sidOfRingName(bed.rings()[0]!)
    expect(await succeeds('who.mjs')).toBe(`${sid} C:\\ true\n`)
  })

  it('is a program that maps, too: what it knows about itself is what was recorded', async () => {
    const own = JSON.parse(await succeeds('map.mjs', ['\\\\fs01\\from-node', '\\\\gone\\a']))
    const [added, failed] = (await bed.operations(2)) as [Operation, Operation]
    expect(own.statuses).toEqual([0, 53])
    expect([added.remoteName, added.status, failed.remoteName, failed.status]).toEqual(['\\\\fs01\\from-node', 0, '\\\\gone\\a', 53])
    expect(added.process).toMatchObject({ id: own.processId, threadId: own.threadId, image: 'node.exe', bits: 64 })
    expect(added.sessionId).toBe(own.sessionId)
    // FILETIME has ticks of 100 ns, of which a double keeps about a microsecond.
    expect(added.process.startTime).toBeCloseTo(own.startTime, 2)
  })

  it('says at once that an operation remains unfinished when the process that began it has been ended', async () => {
    const script = inWindowsNode('slow.txt')
    writeFileSync(script, 'add - \\\\fs01-120000ms\\a')
    const { code, stdout, stderr } = await runWindowsNode(
      inWindowsNode('departed.mjs'),
      ['./index.js', toWindowsPath(bed.client), toWindowsPath(script)],
      { timeoutMs: 30_000 },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ remoteName: '\\\\fs01-120000ms\\a', outcome: 'unfinished', ofTheChild: true })
  })

  it('survives a ring that is cut off, and reads what follows; it names what is wrong with a path', async () => {
    await bed.run(commands)
    const ring = bed.rings()[0]!
    const ready = inWindowsNode('ready')
    const cut = inWindowsNode('cut')
    for (const file of [ready, cut]) rmSync(file, { force: true })
    const surviving = succeeds('survive.mjs', ['./index.js', ...[ring, ready, cut].map(toWindowsPath)])
    await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 20_000)
    truncateSync(ring)
    await vi.waitFor(() => expect(existsSync(cut)).toBe(true), 20_000)
    await bed.run(['add K: \\\\fs01\\afterwards'])
    expect(JSON.parse(await surviving)).toEqual({
      missing: ['MPRTAP_RING_INVALID', 'ENOENT'],
      // A folder that is named as a source is a folder of rings, and this one has none.
      directory: ['MPRTAP_FOLDER_MISSING', 'ENOENT'],
      remoteName: '\\\\fs01\\afterwards',
    })
  })

  it('takes a ring without bytes for one that is being made, and reads it once it is there', async () => {
    await bed.run(['add K: \\\\fs01\\a'])
    const ring = bed.rings()[0]!
    const bytes = readFileSync(ring)
    truncateSync(ring)
    const ready = inWindowsNode('ready')
    rmSync(ready, { force: true })
    const reading = succeeds('empty.mjs', ['./index.js', toWindowsPath(ready)])
    await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 20_000)
    writeFileSync(ring, bytes)
    expect(JSON.parse(await reading)).toEqual({ rings: 0, told: [], remoteName: '\\\\fs01\\a' })
  })

  it('says that a folder in a ring’s place is a folder: it could not be read', async () => {
    await bed.run(['add K: \\\\fs01\\a'])
    mkdirSync(bed.rings()[0]!.replace('.v1.ring', '.v1.1.ring'))
    const { code, stderr } = await runWindowsNode(
      inWindowsNode('cli.js'),
      ['watch', '--from', 'oldest', '--count', '1', '--duration', '20', '--json'],
      { timeoutMs: 60_000 },
    )
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/\.v1\.1\.ring cannot be opened \(EISDIR\): it is a folder\.$/),
    })
  })

  describe('trusts a file’s owner over its name', () => {
    const plant = (folder: string, name: string) => {
      copyFileSync(bed.rings()[0]!, join(bed.wine.mprtapDirectory, folder, name))
      return `C:\\ProgramData\\mprtap\\${folder}\\${name}`
    }
    const watch = (...args: string[]) =>
      runWindowsNode(inWindowsNode('cli.js'), ['watch', '--from', 'oldest', '--json', ...args], { timeoutMs: 30_000 })

    it('and refuses what bears another user’s name, in either folder, saying whose and which', async () => {
      await bed.run(['add K: \\\\fs01\\own'])
      const owner = sidOfRingName(bed.rings()[0]!)
      const planted = ['users', 'administrators'].map((folder) => plant(folder, 'S-1-5-21-1-2-3-1108.v1.ring'))
      const { code, stdout, stderr } = await watch('--count', '1', '--duration', '20')
      expect({ code, operations: objects(stdout).length - 1 }).toEqual({ code: 0, operations: 1 })
      expect(objects(stdout)[0]).toMatchObject({ user: owner, remoteName: '\\\\fs01\\own' })
      const what = `is squatted: it bears the name of S-1-5-21-1-2-3-1108, but it belongs to ${owner}, so it is not read`
      expect(stderr.trim().split(/\r?\n/).sort()).toEqual(
        planted.map((path) => `mprtap: ${path} ${what}; an administrator should remove it.`).sort(),
      )
    })

    it('whatever the case of the name: to Windows it is the victim’s ring', async () => {
      await bed.run(['add K: \\\\fs01\\own'])
      const owner = sidOfRingName(bed.rings()[0]!)
      const planted = plant('users', 's-1-5-21-1-2-3-1108.V1.RING')
      const { code, stderr } = await watch('--count', '1', '--duration', '20')
      expect({ code, stderr: stderr.trim() }).toEqual({
        code: 0,
        stderr: `mprtap: ${planted} is squatted: it bears the name of S-1-5-21-1-2-3-1108, but it belongs to ${owner}, so it is not read; an administrator should remove it.`,
      })
    })

    it('so that thousands of such names push out no ring, and are told once, not thousands of times', async () => {
      await bed.run(['add K: \\\\fs01\\own'])
      for (let i = 0; i < RINGS_MAX; i++) plant(basename(dirname(bed.rings().at(-1)!)), `S-1-0-${i}.v1.ring`)
      const { code, stdout, stderr } = await watch('--count', '1', '--duration', '20')
      expect(code).toBe(0)
      expect(objects(stdout)[0]).toMatchObject({ remoteName: '\\\\fs01\\own' })
      const lines = stderr.trim().split(/\r?\n/)
      expect(lines).toHaveLength(17)
      expect(lines.at(-1)).toMatch(/^mprtap: More than 16 names of rings are squatted/)
    })

    it('but leaves that judgement to who names a file by its path', async () => {
      await bed.run(['add K: \\\\fs01\\own'])
      const path = plant('users', 'S-1-5-21-1-2-3-1108.v1.ring')
      writeFileSync(
        inWindowsNode('by-path.mjs'),
        `import { openTap } from './index.js'
const tap = await openTap({ sources: [${JSON.stringify(path)}], from: 'oldest' })
for await (const { user, remoteName } of tap) {
  console.log(JSON.stringify([user, remoteName]))
  break
}
`,
      )
      expect(JSON.parse(await succeeds('by-path.mjs'))).toEqual(['S-1-5-21-1-2-3-1108', '\\\\fs01\\own'])
    })
  })

  it('prunes an idle ring, and neither one that was just written nor one that a consumer waits for', async () => {
    await bed.run(['add K: \\\\fs01\\new'])
    const idle = (sid: string) => {
      const path = join(bed.wine.mprtapDirectory, 'users', ringFileName(sid))
      const writer = RingWriter.create({ sid, slotCountLog2: 2 }, path)
      writer.append(pre())
      writer.close()
      utimesSync(path, 0, 0)
      return path
    }
    const unread = idle('S-1-5-21-1-2-3-1109')
    const inWindows = (path: string) => `C:\\ProgramData\\mprtap\\users\\${basename(path)}`
    const cursor = { path: inWindows(unread), fileId: '0000000000000001', next: 0, waiting: [], totals: NO_TOTALS }
    mkdirSync(join(bed.wine.mprtapDirectory, 'consumers'))
    // It has read the ring that is removed, in full, and of the other nothing.
    const read = idle('S-1-5-21-1-2-3-1108')
    const fileId = readFileSync(read)
      .subarray(HEADER_FILE_ID, HEADER_FILE_ID + 8)
      .toString('hex')
    const rings = [cursor, { ...cursor, path: inWindows(read), fileId, next: 1 }]
    writeFileSync(join(bed.wine.mprtapDirectory, 'consumers', 'audit.json'), JSON.stringify({ format: 1, consumer: 'audit', rings }))

    const results = objects(await succeeds('cli.js', ['prune', '--json'])).map(({ path, outcome, awaitedBy }) => ({
      path,
      outcome,
      awaitedBy,
    }))
    expect(results.slice(1, -1)).toEqual([
      { path: inWindows(read), outcome: 'removed', awaitedBy: [] },
      { path: inWindows(unread), outcome: 'awaited', awaitedBy: ['audit'] },
    ])
    expect(results[0]).toMatchObject({ outcome: 'recent' })
    expect([existsSync(read), existsSync(unread), bed.rings().length]).toEqual([false, true, 1])
  })
})
