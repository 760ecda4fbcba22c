// --redact in every verb: what each of them says of records, files and machines full of names has none of these names. The same command without
// --redact does have some, so that silence proves something.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { PassThrough } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../host/cli/program.ts'
import { NAMELESS } from '../../host/cli/redaction.ts'
import { VERBS } from '../../host/cli/verbs.ts'
import type { Snapshot } from '../../host/model/observed.ts'
import { observedJson } from '../../host/text/event-json.ts'
import { install } from '../../host/windows/install.ts'
import { pathValue, textValue } from '../../host/windows/registry-text.ts'
import { NETWORK_PROVIDER_KEY, NOTIFYEES_KEY } from '../../host/windows/survey.ts'
import { SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { FakeMachine } from '../windows/fake-machine.ts'
import { packageDlls } from '../windows/package-dlls.ts'
import { peBytes } from '../windows/pe-bytes.ts'
import { ToolFolder } from './debian-tools.ts'
import { RingCapture } from './ring-captures.ts'
import { expectNoSeed, fill, NAMES, seedsIn } from './seeds.ts'

const state = vi.hoisted(() => ({ machine: undefined as unknown, snapshot: undefined as unknown, events: '' }))
vi.mock('../../host/cli/this-machine.ts', async () => {
  const { packageDlls } = await import('../windows/package-dlls.ts')
  return { thisMachine: async () => state.machine, packageDlls, ownCommand: () => 'mprtap uninstall' }
})
vi.mock('../../host/windows/snapshot.ts', () => ({ snapshot: async () => state.snapshot }))
vi.mock('../../host/system/mitigations.ts', () => ({
  strictProcesses: () => ({
    strict: [{ processId: 5, image: 'berger-payroll.exe', needsSignature: true, needsControlFlowGuard: false }],
    asked: 1,
    closed: 0,
  }),
}))
vi.mock('../../host/system/programs.ts', () => ({ runProgram: async () => ({ exitCode: 0, output: state.events, isMissing: false }) }))

vi.stubGlobal('MPRTAP_VERSION', '0.0.0-test')

const rings = new RingsOnDisk()
const folder = new ToolFolder()
let key: string

beforeEach(() => {
  fill(rings.create({ slotCountLog2: 8 }))
  key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
  state.machine = machineWithNames()
  state.snapshot = snapshotWithNames()
  state.events = blockedLoads()
})
let receiver: Server | undefined
afterEach(() => void receiver?.close())

/** A machine whose registry, files and programs have names of people and firms. */
function machineWithNames(): FakeMachine {
  const machine = new FakeMachine()
  machine.put('D:', 'folder')
  machine.put('D:\\quarterly', 'folder')
  install(machine, packageDlls(), { uninstallCommand: '', folder: 'D:\\quarterly\\rings' })
  machine.modules = [{ processId: 7, image: 'payroll-app.exe', path: 'C:\\Users\\berger\\Müller\\mprtap.old-0.dll', stamp: 99 }]
  machine.setValue(NOTIFYEES_KEY, pathValue('Contoso VPN', 'C:\\Program Files\\Contoso Berger\\payroll net.dll'))
  const anyone = `O:BAG:BAD:(A;;FA;;;BA)(A;;FA;;;${SID})(A;;FA;;;S-1-5-21-1-2-3-1001)`
  machine.put('C:\\Program Files', 'folder')
  machine.put('C:\\Program Files\\Contoso Berger', 'folder', { sddl: anyone })
  machine.put('C:\\Program Files\\Contoso Berger\\payroll net.dll', 'file', { data: peBytes({ product: 'Contoso Payroll' }), sddl: anyone })
  machine.setValue(NOTIFYEES_KEY, pathValue('remote', '\\\\files01\\quarterly\\x.dll'))
  machine.setValue(`${NETWORK_PROVIDER_KEY}\\Order`, textValue('ProviderOrder', 'RDPNP,contoso np'))
  return machine
}

function snapshotWithNames(): Snapshot {
  const own = { type: 'observed', time: 1_700_000_000_000, user: SID, sessionId: 2, logonId: '0x4711', change: 'present' } as const
  const rest = { provider: 'contoso network', resourceType: 'disk', isConnected: true, isRemembered: true } as const
  return {
    time: own.time,
    session: { user: SID, sessionId: 2, logonId: '0x4711', elevation: 'none' },
    connections: [{ ...own, ...rest, localName: 'P:', remoteName: '\\\\files01\\quarterly\\berger' }],
    unseen: [`The drives that Windows remembers for ${SID} cannot be read.`],
  }
}

function blockedLoads(): string {
  const data = (name: string, text: string) => `<Data Name='${name}'>${text}</Data>`
  const path = '\\Device\\HarddiskVolume3\\Users\\berger\\'
  return `<Event xmlns='x'><System><EventID>3077</EventID><TimeCreated SystemTime='2026-11-27T10:00:00Z'/></System><EventData>${data('FileNameBuffer', `${path}mprtap.dll`)}${data('ProcessNameBuffer', `${path}Müller app.exe`)}</EventData></Event>`
}

interface Said {
  readonly code: number
  /** Standard output and standard error. */
  readonly text: string
}

/** A folder that each run has for itself. */
const FRESH = '(fresh)'
let states = 0

/** Runs a command line here. @param until stops it when this is true of what it has said. */
async function said(given: readonly string[], until?: (text: string) => boolean | Promise<boolean>): Promise<Said> {
  const argv = given.map((word) => (word === FRESH ? folder.file(`state${++states}`) : word))
  const stop = new AbortController()
  const texts: string[] = []
  const stream = () => {
    const through = new PassThrough({ encoding: 'utf8' })
    through.on('data', (text: string) => void texts.push(text))
    return through as unknown as NodeJS.WriteStream
  }
  const running = run(argv, { stdin: process.stdin, stdout: stream(), stderr: stream(), env: {}, stop: stop.signal })
  if (until) {
    let isOver = false
    const over = running.then(() => {
      isOver = true
    })
    while (!isOver && !(await until(texts.join('')))) await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 5))])
    stop.abort()
  }
  return { code: await running, text: texts.join('') }
}

/** Files that a command made, whose names begin so. */
const filesOf = (beginning: string) =>
  readdirSync(folder.path)
    .filter((name) => name.startsWith(beginning))
    .map((name) => readFileSync(folder.file(name), 'latin1'))
    .join('\n')

/** Command lines of a verb, and what there is to read besides what they say. */
interface Case {
  readonly args: readonly string[]
  readonly more?: () => string | Promise<string>
  readonly until?: (text: string) => boolean | Promise<boolean>
  /** It says no name anyway. */
  readonly isSilent?: boolean
}

const each = (...lines: readonly string[][]): Case[] => lines.map((args) => ({ args }))
const ring = () => rings.directory

/** An answer of somebody's receiver, and what it got. */
async function otlp(): Promise<{ readonly url: string; readonly bodies: () => string }> {
  const bodies: string[] = []
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      bodies.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => receiver!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, bodies: () => bodies.join('\n') }
}

/** What the page of `serve` gets: itself, rows as they come, metrics. */
async function pageOf(text: string): Promise<string | undefined> {
  const [, url, token] = /The page: (http:[/]{2}127\.0\.0\.1:\d+[/])\?token=(\S+)/.exec(text) ?? []
  if (!url) return undefined
  const headers = { authorization: `Bearer ${token}` }
  const rows = await fetch(`${url}events`, { headers })
  let got = ''
  const decoder = new TextDecoder()
  for await (const chunk of rows.body!) {
    got += decoder.decode(chunk, { stream: true })
    if (/"remoteName":/.test(got)) break
    fill(live!)
  }
  const others = await Promise.all(['', 'metrics'].map(async (path) => (await fetch(url + path, { headers })).text()))
  return [got, ...others].join('\n')
}
let live: ReturnType<RingsOnDisk['create']> | undefined

/** All verbs. One that is not here, and shows names, fails the first test. */
const CASES: Readonly<Record<string, () => Case[] | Promise<Case[]>>> = {
  watch: () => [
    ...each(
      ['watch', '--from', 'oldest', '--count', '9', '--json', ring()],
      ['watch', '--from', 'oldest', '--count', '9', '--explain', ring()],
      ['watch', '--from', 'oldest', '--count', '9', '--fields', 'host,user,remoteName,localName,process.image,provider', ring()],
      ['watch', '--from', 'oldest', '--notifications', '--json', '--ascii', '--count', '18', ring()],
      ['watch', '--from', 'oldest', '--with-snapshot', '--count', '9', ring()],
      ['watch', '--from', 'oldest', '--with-snapshot', '--json', '--count', '9', ring()],
    ),
    {
      args: ['watch', folder.file('berger-quarterly')],
      until: (text) => /source 1|quarterly/.test(text),
    },
  ],
  report: () => [
    ...['server', 'share', 'image', 'user'].flatMap((by) =>
      each(...[[], ['--json'], ['--csv']].map((form) => ['report', '--by', by, ...form, ring()])),
    ),
    { args: ['report', '--by', 'error', ring()], isSilent: true },
    {
      args: ['report', '--html', folder.file('berger.html'), '--baseline', folder.file('berger.pcapng'), ring()],
      more: () => filesOf('berger.html'),
    },
    ...each(['report', folder.write('payroll.pcapng', 'no capture')], ['report', folder.file('berger-is-not-there')]),
  ],
  record: () => [
    {
      args: [
        'record',
        '--duration',
        '0.3',
        '--filter',
        String.raw`remoteName glob "\\files01\*"`,
        '--to',
        folder.file('berger/x.pcapng'),
        ring(),
      ],
      more: () =>
        readdirSync(folder.file('berger'))
          .map((name) => readFileSync(folder.file(`berger/${name}`), 'latin1'))
          .join('\n'),
    },
  ],
  logons: () => each(['logons', ring()], ['logons', '--json', ring()]),
  history: () => [
    ...each(
      ['history', 'P:', ring()],
      ['history', 'P:', '--json', ring()],
      ['history', '\\\\files01\\quarterly', ring()],
      ['history', 'files01', ring()],
      ['history', SID, ring()],
      ['history', 'berger-logon.exe', ring()],
      ['history', 'contoso-nas', ring()],
      [
        'history',
        'P:',
        '--snapshot',
        folder.write('berger.json', `${observedJson((state.snapshot as Snapshot).connections[0]!)}\n`),
        ring(),
      ],
      ['history', 'P:', '--snapshot', folder.write('payroll.json', '{'), ring()],
    ),
  ],
  explain: () => each(['explain', '53', ring()], ['explain', 'last', ring()]),
  top: () => ['servers', 'users', 'programs'].flatMap((view) => each(['top', '--view', view, ring()])),
  serve: () => {
    live = rings.create({ sid: `${SID}1`, slotCountLog2: 8 })
    let got = ''
    const until = async (text: string) => {
      const page = await pageOf(text)
      if (page !== undefined) got = page
      return page !== undefined
    }
    return [{ args: ['serve', '--label', 'server', ring()], until, more: () => got }]
  },
  forward: async () => {
    const { url, bodies } = await otlp()
    const made = new RingCapture()
    made.ring(fill(rings.create({ sid: `${SID}2`, slotCountLog2: 8 })), 0, { host: hostname() }).records(2 * NAMES.length)
    const source = folder.write('berger.pcapng', made.bytes())
    const rest = ['--checkpoint-folder', FRESH, source]
    return [
      { args: ['forward', '--to', url, ...rest], more: bodies },
      { args: ['forward', '--to', `file:${folder.file('quarterly')}`, ...rest], more: () => filesOf('quarterly-') },
      { args: ['forward', '--to', '-', ...rest] },
      {
        args: ['forward', '--to', 'http://127.0.0.1:1/berger', ...rest],
        until: (text) => /berger|--to/.test(text),
      },
    ]
  },
  snapshot: () => each(['snapshot'], ['snapshot', '--json']),
  prune: () => [
    ...each(['prune', '--dry-run', '--older-than', '1h', '--json', ring()], ['prune', '--dry-run', '--user', SID, ring()]),
    ...each(['prune', '--dry-run', '--user', SID, '--json', ring()], ['prune', folder.file('berger')]),
  ],
  install: () =>
    each(['install', '--dry-run', '--folder', 'E:\\berger\\rings'], ['install', '--dry-run', '--json', '--folder', 'E:\\berger']),
  uninstall: () => each(['uninstall', '--dry-run', '--purge'], ['uninstall', '--dry-run', '--purge', '--json']),
  status: () => each(['status'], ['status', '--json']),
  doctor: () => each(['doctor'], ['doctor', '--json']),
  control: () => each(['control'], ['control', '--json'], ['control', '--off']),
  notifyees: () => each(['notifyees'], ['notifyees', '--json']),
}

/** Verbs that need a server. */
const ELSEWHERE: Readonly<Record<string, string>> = { farm: '../farm/redaction.test.ts' }

describe('--redact', () => {
  it('is tried on every verb that shows names', () => {
    const all = VERBS.map(({ name }) => name).sort()
    expect([...Object.keys(CASES), ...Object.keys(ELSEWHERE), ...NAMELESS].sort()).toEqual(all)
    for (const [verb, path] of Object.entries(ELSEWHERE))
      expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toContain(`'${verb}'`)
  })

  it.each(Object.keys(CASES))(
    'leaves no name in what %s says and makes',
    async (verb) => {
      writeFileSync(folder.file('berger.pcapng'), capture())
      mkdirSync(folder.file('home'), { recursive: true })
      for (const { args, more = () => '', until, isSilent = false } of await CASES[verb]!()) {
        const redacted = await said([...args, '--redact', key], until)
        const made = `${redacted.text}\n${await more()}`
        expect(made).toContain('Names are redacted with key')
        expectNoSeed(args.join(' '), made)
        const plain = await said(args, until)
        expect([args, redacted.code]).toEqual([args, plain.code])
        if (!isSilent) expect([args, seedsIn(`${plain.text}\n${await more()}`)]).not.toEqual([args, []])
      }
    },
    60_000,
  )
})

function capture(): Uint8Array {
  const made = new RingCapture()
  made.ring(fill(rings.create({ sid: `${SID}3`, slotCountLog2: 8 })), 0, { host: hostname() }).records(2 * NAMES.length)
  return made.bytes()
}
