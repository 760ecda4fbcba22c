// The reader's own shortage of files, memory or locks is told once, as what it is, and nobody is advised to remove what is healthy. What could not
// be read for it is read as soon as it can be.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Diagnostic, openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { CLI } from '../cli/command.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk } from './rings-on-disk.ts'

/** Which call of node:fs fails, with which code, for which paths. */
let failing: { readonly call: string; readonly code: string; readonly path: RegExp } | undefined
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const failsOr =
    <Call extends (...args: never[]) => unknown>(name: string, call: Call) =>
    (...args: Parameters<Call>) => {
      if (failing?.call === name && failing.path.test(String(args[0])))
        throw Object.assign(new Error(`${failing.code}: ${name}`), { code: failing.code })
      return call(...args)
    }
  return { ...fs, openSync: failsOr('openSync', fs.openSync), opendirSync: failsOr('opendirSync', fs.opendirSync) }
})
afterEach(() => {
  failing = undefined
})

const rings = new RingsOnDisk()
const CODES = ['EMFILE', 'ENFILE', 'ENOMEM']
const ADVICE = /remove|delete|administrator|right directory|right folder/i

async function tapOf(told: Diagnostic[], options: object = {}) {
  return openTap({ sources: [rings.directory], from: 'oldest', onDiagnostic: (diagnostic) => void told.push(diagnostic), ...options })
}

describe.each(CODES)('%s', (code) => {
  it('when rings are opened is told once, and they are read when it is over', async () => {
    for (const sid of [SID, OTHER_SID]) {
      const ring = rings.create({ sid })
      ring.append(post(ring.append(pre())!))
    }
    const told: Diagnostic[] = []
    failing = { call: 'openSync', code, path: /\.ring$/ }
    const tap = await tapOf(told)
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 0, rings: 0, unread: 2 })
    expect(told.map((diagnostic) => diagnostic.code)).toEqual(['shortage'])
    expect(told[0]!.text).toContain(code)
    expect(told[0]!.text).not.toMatch(ADVICE)
    failing = undefined
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 2, rings: 2, unread: 0 })
    // The next shortage is another one.
    rings.create({ sid: 'S-1-5-21-1-2-3-1003' })
    failing = { call: 'openSync', code, path: /\.ring$/ }
    await tap.drain()
    expect(told).toHaveLength(2)
    await tap.close()
  })

  it.each(['users', 'administrators'])(
    'when the folder %s is listed is told once; it is listed again at once when it can be',
    async (folder) => {
      const told: Diagnostic[] = []
      const tap = await tapOf(told)
      await tap.drain()
      failing = { call: 'opendirSync', code, path: new RegExp(`${folder}$`) }
      const ring = rings.create({ folder: folder as 'users' })
      ring.append(post(ring.append(pre())!))
      for (let look = 0; look < 3; look++) await tap.drain()
      expect(tap.stats()).toMatchObject({ operations: 0, unread: 1 })
      expect(told.map((diagnostic) => diagnostic.code)).toEqual(['shortage'])
      expect(told[0]!.text).not.toMatch(ADVICE)
      failing = undefined
      await tap.drain()
      expect(tap.stats()).toMatchObject({ operations: 1, unread: 0 })
      await tap.close()
    },
  )

  it('when both folders are listed is told as a shortage, at first and later', async () => {
    failing = { call: 'opendirSync', code, path: /(users|administrators)$/ }
    const failure = await tapOf([]).catch((error: Error) => error)
    expect(String(failure)).toContain(code)
    expect(String(failure)).not.toMatch(ADVICE)
    failing = undefined
    const told: Diagnostic[] = []
    const tap = await tapOf(told)
    failing = { call: 'opendirSync', code, path: /(users|administrators)$/ }
    rings.create()
    for (let look = 0; look < 3; look++) await tap.drain()
    expect(told.map((diagnostic) => diagnostic.code)).toEqual(['shortage'])
    expect(told[0]!.text).not.toMatch(ADVICE)
    await tap.close()
  })
})

it.each([...CODES, 'ENOLCK'])('%s when a consumer is locked says so, and names no other process or folder', async (code) => {
  rings.create()
  failing = { call: 'openSync', code, path: /\.lock$/ }
  const failure = await tapOf([], { from: { consumer: 'short' } }).catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'MPRTAP_CONSUMER' })
  expect(String(failure)).toContain(code)
  expect(String(failure)).not.toMatch(/in use by|name a folder|remove/)
})

describe('a command with too few files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mprtap-shortage-'))
    writeRings(folder, { seed: 3, operations: 400, users: 100 })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['report', 'logons', 'watch --from oldest --count 1', 'report --json'])('%s tells it once, and fails with 1', (verb) => {
    const line = `ulimit -n 60; exec "${process.execPath}" "${CLI}" ${verb} "${folder}"`
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' })
    expect(stderr.match(/EMFILE/g)).toHaveLength(1)
    expect(stderr).not.toMatch(ADVICE)
    expect(stdout).not.toBe('')
    expect(status).toBe(1)
  })
})

/** Later versions of Node do without the addresses beside a memory that are kept free, when there are too few. */
const keepsAddressesFree = Number(process.versions.node.split('.')[0]) < 24

it.runIf(process.platform === 'linux' && keepsAddressesFree)(
  'addresses: a coded error says that they are lacking, and which limit it is',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'mprtap-addresses-'))
    try {
      writeRings(folder, { seed: 1, operations: 10, users: 1 })
      const program = `import(${JSON.stringify(pathToFileURL(inBuild('index.js')).href)}).then(({ openTap }) => openTap({ sources: [process.argv[1]], follow: false })).catch((error) => console.log(error.code))`
      const limited = (...words: string[]) =>
        spawnSync('bash', ['-c', 'ulimit -v 4000000 && exec "$@"', 'bash', process.execPath, ...words, folder], { encoding: 'utf8' })
      expect(limited('-e', program).stdout).toBe('MPRTAP_SHORTAGE\n')
      const { status, stderr } = limited(CLI, 'report')
      expect(stderr).toMatch(/^mprtap: There is no memory for another reader of records: .*ulimit -v.*\n$/)
      expect(stderr).not.toMatch(ADVICE)
      expect(status).toBe(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
