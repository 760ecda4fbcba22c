import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Notification, openTap, type Tap, type TapOptions } from '../../host/index.ts'
import { pre } from './records.ts'
import { openFiles, RingsOnDisk, take } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
let diagnostics: string[]
const home = process.env.XDG_STATE_HOME

beforeEach(() => {
  diagnostics = []
  process.env.XDG_STATE_HOME = join(rings.directory, 'state')
})
afterEach(() => {
  process.env.XDG_STATE_HOME = home
})

const open = (name: unknown, more: TapOptions = {}) =>
  openTap({
    sources: [rings.directory],
    from: { consumer: name as string },
    level: 'notification',
    onDiagnostic: ({ text }) => void diagnostics.push(text),
    ...more,
  }) as Promise<Tap<Notification>>
const consumers = () => join(rings.directory, 'consumers')
const readOne = async (name: string, more: TapOptions = {}) => {
  const tap = await open(name, more)
  await take(tap[Symbol.asyncIterator](), 1)
  await tap.close()
}
const refused = (code: string, text: RegExp) => ({ code, message: expect.stringMatching(text) })

describe('the name of a consumer', () => {
  it.each(['a', 'audit', 'audit-2', 'a.b_c', '7', 'x'.repeat(64), 'console'])('may be %j', async (name) => {
    rings.create()
    await (await open(name)).close()
    expect(readdirSync(consumers())).toContain(`${name}.json`)
  })

  it.each([
    ...['', '.', '..', '../up', 'a/b', 'a\\b', 'A', 'ä', 'a b', 'a\0', 'a:b', '-a', 'a.', '.a', 'con', 'nul.x', 'com1', 'x'.repeat(65)],
    ...[undefined, null, 7, {}],
  ])('may not be %j', async (name) => {
    rings.create()
    await expect(open(name)).rejects.toMatchObject(refused('MPRTAP_INVALID_ARGUMENT', /consumer's name/))
    expect(readdirSync(rings.directory)).not.toContain('consumers')
  })
})

describe('two taps', () => {
  it('cannot have one consumer: the second is told who has it, and may have it when the first is closed', async () => {
    rings.create().append(pre())
    const before = openFiles()
    const first = await open('audit')
    await expect(open('audit')).rejects.toMatchObject(refused('MPRTAP_CONSUMER', new RegExp(`in use by process ${process.pid} `)))
    await (await open('other')).close()
    await first.close()
    await readOne('audit')
    expect(openFiles()).toEqual(before)
  })

  it('cannot share a loop over one either', async () => {
    rings.create().append(pre())
    const tap = await open('audit')
    tap[Symbol.asyncIterator]()
    expect(() => tap[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'MPRTAP_CONSUMER' }))
    await tap.close()
  })

  it('that cannot be opened for another reason leave the name free', async () => {
    await expect(open('audit', { sources: [join(rings.directory, 'none.ring')] })).rejects.toThrow()
    await expect(open('audit', { sources: [join(rings.directory, 'none.ring')] })).rejects.toMatchObject({
      code: 'MPRTAP_RING_INVALID',
    })
    expect(openFiles()).toEqual([])
  })
})

describe('the cursor', () => {
  it('is kept beside the rings', async () => {
    rings.create().append(pre())
    await readOne('audit')
    expect(readdirSync(consumers()).sort()).toEqual(['audit.json', 'audit.lock'])
  })

  it('is kept below the user’s own data directory when that cannot be written, or the rings were named by path', async () => {
    rings.create().append(pre())
    // Nobody can make a file there, not even root.
    symlinkSync('/sys/kernel', consumers())
    await readOne('audit')
    await readOne('named', { sources: [rings.path()] })
    expect(readdirSync(join(rings.directory, 'state/mprtap/consumers')).sort()).toEqual([
      'audit.json',
      'audit.lock',
      'named.json',
      'named.lock',
    ])
  })

  it('is kept where one says, and the error names that place when it cannot be', async () => {
    rings.create().append(pre())
    const chosen = join(rings.directory, 'deep/down')
    await readOne('audit', { checkpointFolder: chosen })
    expect(readdirSync(chosen).sort()).toEqual(['audit.json', 'audit.lock'])
    writeFileSync(join(rings.directory, 'file'), '')
    const impossible = join(rings.directory, 'file', 'x')
    await expect(open('audit', { checkpointFolder: impossible })).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /file\/x \(ENOTDIR\)/))
    await expect(open('audit', { checkpointFolder: 7 as never })).rejects.toMatchObject({ code: 'MPRTAP_INVALID_ARGUMENT' })
  })

  it('makes no directory of rings: that one is missing is told as ever', async () => {
    const missing = join(rings.directory, 'missing')
    await expect(open('audit', { sources: [missing] })).rejects.toMatchObject({ code: 'MPRTAP_FOLDER_MISSING' })
    expect(readdirSync(rings.directory)).not.toContain('missing')
  })

  it.each([
    ['half of one', '{"format":1,"rings":[{"pa'],
    ['something else', '{"format":1,"rings":[{"path":"/x","fileId":"00","next":-1}]}'],
    ['nothing', ''],
  ])('that is %s is set aside, told, and reading begins with the oldest', async (_, content) => {
    rings.create().append(pre())
    await readOne('audit')
    writeFileSync(join(consumers(), 'audit.json'), content)
    await readOne('audit')
    expect(diagnostics).toEqual([expect.stringMatching(/cannot be understood .* set aside as .*unreadable/)])
    const aside = readdirSync(consumers()).find((name) => name.includes('unreadable'))!
    expect(readFileSync(join(consumers(), aside), 'utf8')).toBe(content)
  })

  it('of a newer mprtap is an error, and stays as it is', async () => {
    rings.create().append(pre())
    mkdirSync(consumers())
    const path = join(consumers(), 'audit.json')
    writeFileSync(path, '{"format":2}')
    await expect(open('audit')).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /newer mprtap/))
    expect(readFileSync(path, 'utf8')).toBe('{"format":2}')
    rmSync(path)
    await readOne('audit')
  })

  it('that is a directory is an error', async () => {
    rings.create()
    mkdirSync(join(consumers(), 'audit.json'), { recursive: true })
    await expect(open('audit')).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /cannot be read \(it is a folder\)/))
  })

  it('that is a FIFO, or longer than any checkpoint, is an error at once', async () => {
    rings.create()
    mkdirSync(consumers())
    const path = join(consumers(), 'audit.json')
    execFileSync('mkfifo', [path])
    await expect(open('audit')).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /cannot be read \(it is not a plain file\)/))
    rmSync(path)
    writeFileSync(path, '')
    truncateSync(path, 2 ** 27)
    await expect(open('audit')).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /cannot be read \(it has more than 64 MiB\)/))
    expect(openFiles().filter((file) => !file.endsWith('.ring'))).toEqual([])
  })

  it('that cannot be saved at the end makes close() fail, and frees the name', async () => {
    rings.create().append(pre())
    const tap = await open('audit')
    await take(tap[Symbol.asyncIterator](), 1)
    mkdirSync(join(consumers(), 'audit.json'))
    await expect(tap.close()).rejects.toMatchObject(refused('MPRTAP_CONSUMER', /cannot be saved .* delivered again/))
    rmSync(join(consumers(), 'audit.json'), { recursive: true })
    await readOne('audit')
  })
})
