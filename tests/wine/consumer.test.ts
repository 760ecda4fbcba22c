// Named consumers on Windows: Node for Windows reads the rings, is terminated, and goes on where its cursor was saved.

import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Position } from '../../host/model/checkpoint.ts'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { mayLeaveOutWindowsNode, runWindowsNode } from '../../scripts/lib/windows-node.mjs'
import { toWindowsPath } from '../../scripts/lib/wine.mjs'
import { bed } from './bed.ts'
import { inWindowsNode, putBundles } from './windows-command.ts'

const PATIENCE_MS = 20_000
const consumers = join(bed.wine.mprtapDirectory, 'consumers')
const stop = inWindowsNode('stop')
const patiently = (condition: () => unknown) => vi.waitFor(() => expect(condition()).toBeTruthy(), PATIENCE_MS)

describe.skipIf(mayLeaveOutWindowsNode())('a named consumer in Node for Windows', () => {
  const running: Promise<unknown>[] = []

  beforeAll(async () => {
    putBundles()
    for (const name of ['consume.mjs', 'replace.mjs']) copyFileSync(inRoot('tests/wine/windows', name), inWindowsNode(name))
    const outfile = inWindowsNode('cursor-file.js')
    await build({ entryPoints: [inRoot('host/consumers/checkpoint-file.ts')], bundle: true, platform: 'node', format: 'esm', outfile })
    const programs = inBuild('tests/wine/x64')
    await link('x64', inWindowsNode('spoil.exe'), await compile('x64', ['tests/dll/spoil.c', 'tests/mpr/start.c'], programs))
  })

  beforeEach(() => {
    bed.fresh()
    rmSync(stop, { force: true })
  })

  afterEach(async () => {
    writeFileSync(stop, '')
    await Promise.all(running.splice(0))
  })

  /** Starts a reader and waits until it has opened its tap, or could not. */
  async function reader() {
    const log = inWindowsNode(`log-${running.length}.txt`)
    rmSync(log, { force: true })
    rmSync(stop, { force: true })
    const args = ['./index.js', toWindowsPath(log), toWindowsPath(stop)]
    const ended = runWindowsNode(inWindowsNode('consume.mjs'), args, { timeoutMs: 60_000 })
    running.push(ended)
    const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [])
    await patiently(() => lines()[0])
    const said = lines()[0]!
    const logged = () => lines().slice(1).map(Number)
    const processId = /\d+$/.exec(said)?.[0] ?? ''
    return {
      said,
      processId,
      logged,
      async isTerminated() {
        // TerminateProcess, as its task manager does it.
        await bed.wine.mustRun('taskkill', ['/f', '/pid', processId])
        await ended
        return logged()
      },
      async isStopped() {
        writeFileSync(stop, '')
        await ended
        return logged()
      },
    }
  }

  const map = (operations: number) => bed.wine.mustRun(bed.client, ['--quiet', '--repeat', String(operations), 'add - \\\\fs01\\{p}-{i}'])
  const saved = (): Position | undefined => {
    const path = join(consumers, 'audit.json')
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rings[0] : undefined
  }
  const from = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i)

  it('that is terminated gets everything, and again exactly what it got since its cursor was saved; after a clean end nothing again', async () => {
    const all = new Set<number>()
    for (const waitUntilSaved of [false, true, false]) {
      await map(50)
      const next = saved()?.next ?? 0
      const { logged, isTerminated } = await reader()
      await patiently(() => logged().length >= 10)
      if (waitUntilSaved) await patiently(() => saved()?.next === bed.head())
      await map(20)
      await patiently(() => logged().at(-1) === bed.head() - 1)
      const got = await isTerminated()
      expect(got).toEqual(from(next, bed.head()))
      for (const sequence of got) all.add(sequence)
    }
    const next = saved()!.next
    const last = await reader()
    await map(5)
    await patiently(() => last.logged().at(-1) === bed.head() - 1)
    expect(await last.isStopped()).toEqual(from(next, bed.head()))
    for (const sequence of last.logged()) all.add(sequence)
    expect([...all].sort((a, b) => a - b)).toEqual(from(0, bed.head()))

    const end = bed.head()
    expect(saved()).toMatchObject({ next: end })
    await map(1)
    const again = await reader()
    await patiently(() => again.logged().length >= 2)
    expect(await again.isStopped()).toEqual([end, end + 1])
  })

  it('is had by one tap at a time: the next one is told by whom, and may have it when that one is terminated', async () => {
    await map(1)
    const first = await reader()
    const second = await reader()
    expect(second.said).toMatch(/^MPRTAP_CONSUMER: .*audit/)
    expect(second.said).toContain(`in use by process ${first.processId} `)
    await first.isTerminated()
    const third = await reader()
    expect(third.said).toBe(`opened by ${third.processId}`)
    expect(await third.isStopped().then((sequences) => sequences.length)).toBeLessThanOrEqual(2)
    expect(readdirSync(consumers).sort()).toEqual(['audit.json', 'audit.lock'])
  })

  it('has its checkpoint file replaced as a whole: whoever reads it meanwhile finds one text or another', async () => {
    const path = inWindowsNode('cursor.json')
    rmSync(path, { force: true })
    let replacing = true
    const replaced = runWindowsNode(inWindowsNode('replace.mjs'), ['./cursor-file.js', toWindowsPath(path), '300']).finally(() => {
      replacing = false
    })
    const seen = new Set<string>()
    await patiently(() => existsSync(path))
    while (replacing) {
      seen.add(JSON.parse(readFileSync(path, 'utf8')).consumer)
      await delay(0)
    }
    expect(await replaced).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(JSON.parse(readFileSync(path, 'utf8')).consumer).toMatch(/^consumer-299-x{299}$/)
    expect(seen.size).toBeGreaterThan(1)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  it('keeps its old checkpoint file when another program does not let go of it, and says why', async () => {
    const path = inWindowsNode('cursor.json')
    writeFileSync(path, 'old')
    const keeping = await bed.start(inWindowsNode('spoil.exe'), 'keep', toWindowsPath(path), toWindowsPath(stop))
    running.push(keeping.ended())
    expect(keeping.first).toBe('error 0')
    const { stdout } = await runWindowsNode(inWindowsNode('replace.mjs'), ['./cursor-file.js', toWindowsPath(path), '1'])
    expect(stdout.trim()).toMatch(/^(EBUSY|EPERM|EACCES)$/)
    expect(readFileSync(path, 'utf8')).toBe('old')
    writeFileSync(stop, '')
    await keeping.ended()
    await runWindowsNode(inWindowsNode('replace.mjs'), ['./cursor-file.js', toWindowsPath(path), '1'])
    expect(JSON.parse(readFileSync(path, 'utf8')).consumer).toBe('consumer-0-')
  })
})
