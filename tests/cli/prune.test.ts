import { execFile, execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { fileTimeOf, type RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, pre, SID } from '../host/records.ts'
import { type RingPlace, RingsOnDisk } from '../host/rings-on-disk.ts'

const ROOT = join(import.meta.dirname, '../..')
const CLI = join(ROOT, 'build/cli.js')
const DAY_MS = 86_400_000
const daysAgo = (days: number) => Date.now() - days * DAY_MS

const rings = new RingsOnDisk()
let home: string

beforeEach(() => {
  home = join(rings.directory, 'home')
  mkdirSync(home)
})

interface Pruned {
  readonly code: number
  readonly lines: string[]
  readonly stderr: string
}

/** Takes from root what lets it pass over permissions. Another user might not be allowed to read this clone. */
const WITHOUT_PRIVILEGES = [
  'setpriv',
  '--bounding-set=-dac_override,-dac_read_search,-fowner',
  '--inh-caps=-dac_override,-dac_read_search,-fowner',
]

function mprtap(args: readonly string[], before: readonly string[] = []): Promise<Pruned> {
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: '' }
  return new Promise((resolve) => {
    const [program, ...words] = [...before, process.execPath, CLI, ...args]
    execFile(program!, words, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code as unknown as number) : 0, lines: stdout.split('\n').slice(0, -1), stderr }),
    )
  })
}
const prune = (...args: string[]) => mprtap(['prune', rings.directory, ...args])
/** What became of each ring, by file name. */
async function outcomes(...args: string[]): Promise<Record<string, string>> {
  const { code, lines } = await prune('--json', ...args)
  expect(code).toBe(0)
  const found = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'ring')
  return Object.fromEntries(found.map(({ path, outcome }) => [basename(path), outcome]))
}

/** A ring whose newest record and whose file are so many days old. */
function ringOf(days: { readonly record?: number; readonly file: number }, place: RingPlace = {}): RingWriter {
  const writer = rings.create({ slotCountLog2: 4, ...place })
  if (days.record !== undefined) {
    for (let i = 0; i < 40; i++) writer.append(pre({ wallTime: fileTimeOf(daysAgo(days.record + (39 - i))) }))
  }
  makeOld(rings.path(place), days.file)
  return writer
}
function makeOld(path: string, days = 40): void {
  utimesSync(path, daysAgo(days) / 1000, daysAgo(days) / 1000)
}
const NAME = `${SID}.v1.ring`

describe('mprtap prune', () => {
  it('removes a ring whose records and file are older than 30 days, from either folder, and says so', async () => {
    ringOf({ record: 31, file: 40 })
    ringOf({ record: 31, file: 31 }, { sid: OTHER_SID, folder: 'administrators', variant: '.3' })
    const { code, lines, stderr } = await prune()
    expect(code).toBe(0)
    expect(lines).toEqual([
      `removed           ${rings.path({ sid: OTHER_SID, folder: 'administrators', variant: '.3' })}  idle for 31 days, 12 KiB`,
      `removed           ${rings.path()}  idle for 31 days, 12 KiB`,
    ])
    expect(stderr).toBe('2 rings: 2 removed (24 KiB), 0 in use, 0 kept for consumers, 0 left alone, 0 failed\n')
    expect(existsSync(rings.path())).toBe(false)
  })

  it.each([
    ['a record is newer, though the file says it is old: Windows notes writes through a mapping late', { record: 29, file: 400 }],
    ['the file is newer, though its records are old', { record: 400, file: 29 }],
    ['it has no record yet, and the file is newer', { file: 29 }],
  ])('keeps a ring when %s', async (_, days) => {
    ringOf(days)
    expect(await outcomes()).toEqual({ [NAME]: 'recent' })
    expect(existsSync(rings.path())).toBe(true)
  })

  it('looks at every record, not at the one that happens to stand last', async () => {
    const writer = ringOf({ record: 20, file: 40 })
    writer.append(pre({ wallTime: fileTimeOf(daysAgo(90)) }))
    makeOld(rings.path())
    expect(await outcomes()).toEqual({ [NAME]: 'recent' })
  })

  it('does not believe a record from the future, which would keep a ring for ever', async () => {
    const writer = ringOf({ record: 60, file: 40 })
    writer.append(pre({ wallTime: fileTimeOf(daysAgo(-2)) }))
    makeOld(rings.path())
    expect(await outcomes()).toEqual({ [NAME]: 'removed' })
  })

  it('is not held up by a record that was never finished', async () => {
    const writer = ringOf({ record: 60, file: 40 })
    writer.claim()
    writer.append(pre({ wallTime: fileTimeOf(daysAgo(10)) }))
    makeOld(rings.path())
    expect(await outcomes()).toEqual({ [NAME]: 'recent' })
  })

  it('goes by --older-than, in days or hours', async () => {
    ringOf({ record: 3, file: 3 })
    expect(await outcomes('--older-than', '4d')).toEqual({ [NAME]: 'recent' })
    expect(await outcomes('--older-than', '71h')).toEqual({ [NAME]: 'removed' })
  })

  it('with --dry-run only says what it would do', async () => {
    ringOf({ record: 60, file: 60 })
    const before = readFileSync(rings.path())
    const { code, lines, stderr } = await prune('--dry-run')
    expect({ code, lines }).toEqual({ code: 0, lines: [`would be removed  ${rings.path()}  idle for 60 days, 12 KiB`] })
    expect(stderr).toMatch(/^1 ring: 1 would be removed, /)
    expect(readFileSync(rings.path()).equals(before)).toBe(true)
  })

  it('removes what bears a ring’s name and is none, and what the DLL put aside, by the age of the file alone', async () => {
    ringOf({ record: 60, file: 60 }, { variant: '.1' })
    truncateSync(rings.path({ variant: '.1' }), 5000)
    writeFileSync(rings.path(), 'garbage')
    writeFileSync(`${rings.path()}.bad`, 'garbage')
    writeFileSync(join(rings.directory, 'users', 'notes.txt'), 'not ours')
    for (const path of [rings.path(), rings.path({ variant: '.1' }), `${rings.path()}.bad`, join(rings.directory, 'users', 'notes.txt')])
      makeOld(path)
    writeFileSync(rings.path({ sid: OTHER_SID }), '')
    expect(await outcomes()).toEqual({
      [NAME]: 'removed',
      [`${NAME}.bad`]: 'removed',
      [`${SID}.v1.1.ring`]: 'removed',
      [`${OTHER_SID}.v1.ring`]: 'recent',
    })
    expect(existsSync(join(rings.directory, 'users', 'notes.txt'))).toBe(true)
  })
})

describe('mprtap prune and what is no plain file', () => {
  it.each<[string, (target: string, path: string) => void]>([
    ['a symbolic link', (target, path) => symlinkSync(target, path)],
    ['a second name of another file', (target, path) => linkSync(target, path)],
    ['a directory', (_, path) => mkdirSync(path)],
    ['a FIFO', (_, path) => execFileSync('mkfifo', [path])],
  ])('leaves %s alone, and what it leads to', async (_, make) => {
    const target = join(home, 'precious')
    writeFileSync(target, 'precious')
    makeOld(target)
    make(target, rings.path())
    const { code, lines } = await prune('--force')
    expect({ code, lines }).toEqual({ code: 0, lines: [`left alone        ${rings.path()}  it is not a plain file under one name`] })
    expect(existsSync(rings.path())).toBe(true)
    expect(readFileSync(target, 'latin1')).toBe('precious')
  })
})

describe('mprtap prune and named consumers', () => {
  const consumers = () => join(rings.directory, 'consumers')
  /** Lets a consumer read so many of the records in the rings. */
  async function consume(name: string, count: number, options: object = {}): Promise<void> {
    const tap = await openTap({ sources: [rings.directory], from: { consumer: name }, level: 'notification', ...options })
    const events = tap[Symbol.asyncIterator]()
    for (let i = 0; i < count; i++) await events.next()
    await tap.close()
    makeOld(rings.path())
  }

  it('keeps a ring that a consumer has not read to its end, and says for whom; with --force it goes', async () => {
    ringOf({ record: 60, file: 60 })
    await consume('audit', 15)
    await consume('archive', 16)
    const { code, lines, stderr } = await prune()
    expect(code).toBe(0)
    expect(lines).toEqual([
      `kept              ${rings.path()}  idle for 40 days, 12 KiB, not read to its end by audit (--force removes it)`,
    ])
    expect(stderr).toMatch(/ 1 kept for consumers, /)
    expect(await outcomes('--force')).toEqual({ [NAME]: 'removed' })
  })

  it('removes a ring that every consumer has read to its end', async () => {
    ringOf({ record: 60, file: 60 })
    await consume('audit', 16)
    expect(await outcomes()).toEqual({ [NAME]: 'removed' })
  })

  it('keeps a ring that a consumer of this directory has not met yet, unless nothing was ever recorded in it', async () => {
    ringOf({ record: 60, file: 60 })
    await consume('audit', 16)
    ringOf({ record: 60, file: 60 }, { sid: OTHER_SID })
    ringOf({ file: 60 }, { sid: 'S-1-5-18' })
    expect(await outcomes()).toEqual({ [NAME]: 'removed', [`${OTHER_SID}.v1.ring`]: 'awaited', 'S-1-5-18.v1.ring': 'removed' })
  })

  it('keeps a ring that has taken the place of the one that a consumer has read', async () => {
    ringOf({ record: 60, file: 60 })
    await consume('audit', 16)
    rmSync(rings.path())
    ringOf({ record: 60, file: 60 })
    expect(await outcomes()).toEqual({ [NAME]: 'awaited' })
  })

  it('finds cursors in the user’s own data and where --checkpoint-folder says; there, a ring they do not name is not theirs', async () => {
    ringOf({ record: 60, file: 60 })
    const elsewhere = join(home, 'elsewhere')
    await consume('audit', 15, { checkpointFolder: elsewhere })
    await consume('own', 15, { checkpointFolder: join(home, '.local', 'state', 'mprtap', 'consumers') })
    ringOf({ record: 60, file: 60 }, { sid: OTHER_SID })
    const { lines } = await prune('--json', '--dry-run', '--checkpoint-folder', elsewhere)
    const byName = Object.fromEntries(lines.map((line) => JSON.parse(line)).map(({ path, awaitedBy }) => [basename(path ?? ''), awaitedBy]))
    expect(byName).toMatchObject({ [NAME]: ['audit', 'own'], [`${OTHER_SID}.v1.ring`]: [] })
  })

  it('keeps everything for a consumer whose cursor cannot be understood, and leaves its file as it is', async () => {
    ringOf({ record: 60, file: 60 })
    mkdirSync(consumers())
    writeFileSync(join(consumers(), 'audit.json'), '{"format":')
    expect(await outcomes()).toEqual({ [NAME]: 'awaited' })
    expect(readFileSync(join(consumers(), 'audit.json'), 'latin1')).toBe('{"format":')
  })
})

describe('mprtap prune that cannot do its work', () => {
  const unprivileged = process.getuid?.() === 0 ? WITHOUT_PRIVILEGES : []

  it('exits with 1 when a ring cannot be removed, names it and the reason, and goes on with the others', async () => {
    ringOf({ record: 60, file: 60 })
    ringOf({ record: 60, file: 60 }, { sid: OTHER_SID, folder: 'administrators' })
    execFileSync('chmod', ['0755', rings.directory])
    execFileSync('chmod', ['0555', join(rings.directory, 'users')])
    execFileSync('chmod', ['0777', join(rings.directory, 'administrators')])
    try {
      const { code, lines, stderr } = await mprtap(['prune', rings.directory], unprivileged)
      expect(lines.sort()).toEqual([
        `failed            ${rings.path()}  EACCES`,
        `removed           ${rings.path({ sid: OTHER_SID, folder: 'administrators' })}  idle for 60 days, 12 KiB`,
      ])
      expect(stderr).toMatch(/ 1 failed\n$/)
      expect(code).toBe(1)
    } finally {
      execFileSync('chmod', ['0755', join(rings.directory, 'users')])
    }
  })

  it('exits with 1 when there is no such directory, and tells of a folder that cannot be listed', async () => {
    const missing = await mprtap(['prune', join(rings.directory, 'missing')])
    expect(missing).toMatchObject({ code: 1, lines: [] })
    expect(missing.stderr).toMatch(/^mprtap: .*missing has no folder "users".*\n$/)
    rmSync(join(rings.directory, 'administrators'), { recursive: true })
    writeFileSync(join(rings.directory, 'administrators'), '')
    const half = await prune()
    expect(half.code).toBe(0)
    expect(half.stderr).toMatch(/^mprtap: .*administrators cannot be listed \(ENOTDIR\)/)
  })

  it.each(['0d', '30', '5m', '-1d', '1.5d', ''])('exits with 2 for --older-than %j', async (age) => {
    const { code, lines, stderr } = await prune('--older-than', age)
    expect({ code, lines }).toEqual({ code: 2, lines: [] })
    expect(stderr).toMatch(/Give hours or days, such as 12h or 30d\.\nRun 'mprtap prune --help' to see all options\./)
  })
})
