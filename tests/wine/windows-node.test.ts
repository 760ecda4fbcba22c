// The host on Windows: real Node for Windows runs the bundles and reads the rings through kernel32. What it says is compared with what the
// host on this machine reads from the same files.

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'esbuild'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Operation } from '../../host/api/index.ts'
import { sidOfRingName } from '../../host/tap/ring-directory.ts'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { importRegistry, registryFile, removed, text } from '../../scripts/lib/registry.mjs'
import { hasWindowsNode, runWindowsNode, windowsNodeDirectory } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'

if (!hasWindowsNode()) console.error('NODE FOR WINDOWS IS NOT INSTALLED: the host is not tested on it. npm test installs it where npm can.')

const inWindowsNode = (name: string) => join(windowsNodeDirectory, name)
const script = 'tests/wine/windows'
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

describe.skipIf(!hasWindowsNode())('Node for Windows', () => {
  beforeAll(async () => {
    for (const bundle of ['index.js', 'cli.js']) copyFileSync(inBuild(bundle), inWindowsNode(bundle))
    for (const name of ['follow.mjs', 'map.mjs', 'survive.mjs']) copyFileSync(inRoot(script, name), inWindowsNode(name))
    await build({
      entryPoints: [inRoot('host/ring/windows-system.ts')],
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
      const here = execFileSync(process.execPath, [inBuild('cli.js'), ...args, '--directory', bed.wine.mprtapDirectory], {
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
      "import * as system from './windows-system.js'\nconsole.log(system.currentUserSid(), system.windowsRingDirectory())\n",
    )
    const sid = sidOfRingName(bed.rings()[0]!)
    expect(await succeeds('who.mjs')).toBe(`${sid} C:\\ProgramData\\mprtap\n`)
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

  it('survives a ring that is cut off, and reads what follows; it names what is wrong with a path', async () => {
    await bed.run(commands)
    const ring = bed.rings()[0]!
    const ready = inWindowsNode('ready')
    rmSync(ready, { force: true })
    const surviving = succeeds('survive.mjs', ['./index.js', toWindowsPath(ring), toWindowsPath(ready)])
    await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 20_000)
    truncateSync(ring)
    // Long enough for the reader to run into it.
    await delay(300)
    await bed.run(['add K: \\\\fs01\\afterwards'])
    expect(JSON.parse(await surviving)).toEqual({
      missing: ['MPRTAP_RING_INVALID', 'ENOENT'],
      directory: ['MPRTAP_RING_INVALID', 'EACCES'],
      remoteName: '\\\\fs01\\afterwards',
    })
  })
})
