// The doctor's rows, from a machine in memory and from stored events.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { blockedLoads } from '../../host/windows/blocked-loads.ts'
import { type Client, examine, type Heard, tryClients } from '../../host/windows/doctor.ts'
import { install } from '../../host/windows/install.ts'
import { CLAIMS, questions } from '../../host/windows/questions.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

const calm = { strict: { strict: [], asked: 3, closed: 1 }, blocked: [], now: 0 }

it('finds nothing on a machine where everything is as it should be', () => {
  const machine = new FakeMachine()
  install(machine, packageDlls(), { uninstallCommand: '' })
  const checks = examine(machine, packageDlls(), calm)
  expect(checks.filter(({ result }) => result === 'finding')).toEqual([])
  expect(new Set(checks.map(({ area }) => area))).toEqual(
    new Set([
      'registration',
      'DLL',
      'access',
      'control file',
      'rings',
      'clock',
      'loaded copies',
      'notifyee',
      'strict programs',
      'blocked loads',
    ]),
  )
})

it('runs where nothing is installed, and says what cannot be asked', () => {
  const checks = examine(new FakeMachine({ elevation: 'none' }), packageDlls(), { strict: 'not told', blocked: 'not readable', now: 0 })
  expect(checks.filter(({ result }) => result === 'not checked').map(({ detail }) => detail)).toEqual(['not told', 'not readable'])
  expect(checks[0]).toMatchObject({ area: 'registration', result: 'finding', detail: 'not registered' })
})

it('takes no answer of Wine for one about policies and blocked loads', () => {
  const checks = examine(new FakeMachine({ isWine: true }), packageDlls(), calm)
  expect(checks.filter(({ detail }) => detail === 'not verified: Wine').map(({ area }) => area)).toEqual([
    'strict programs',
    'blocked loads',
  ])
})

it('names the programs that refuse the DLL, those with an old copy, and the loads that were blocked', () => {
  const machine = new FakeMachine()
  install(machine, packageDlls(), { uninstallCommand: '' })
  machine.modules = [{ processId: 7, image: 'old.exe', path: 'C:\\Windows\\System32\\mprtap.old-0.dll', stamp: 99 }]
  const strict = {
    strict: [{ processId: 5, image: 'strict.exe', needsSignature: true, needsControlFlowGuard: false }],
    asked: 1,
    closed: 0,
  }
  const blocked = [
    { eventId: 3077, time: '2026-11-27T10:00:00Z', file: '\\Device\\HarddiskVolume3\\Windows\\System32\\mprtap.dll', process: 'x.exe' },
  ]
  const text = examine(machine, packageDlls(), { strict, blocked, now: 0 })
    .filter(({ result }) => result !== 'ok')
    .map(({ what, detail }) => `${what}: ${detail}`)
    .join('\n')
  expect(text).toContain('strict.exe 5: takes Microsoft')
  expect(text).toContain('old.exe 7 has an old copy')
  expect(text).toContain('event 3077: 2026-11-27T10:00:00Z x.exe')
})

const event = (id: number, file: string, process = '\\Device\\HarddiskVolume3\\A&amp;B\\app.exe') =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>${id}</EventID><TimeCreated SystemTime='2026-11-27T10:00:00.1234567Z'/></System><EventData><Data Name='FileNameLength'>10</Data><Data Name='FileNameBuffer'>${file}</Data><Data Name='ProcessNameBuffer'>${process}</Data></EventData></Event>`

it('reads the events of Code Integrity that name our DLL, and no others', () => {
  const ours = '\\Device\\HarddiskVolume3\\Windows\\System32\\mprtap.dll'
  const xml = event(3033, ours) + event(3077, '\\Device\\HarddiskVolume3\\Windows\\System32\\other.dll') + event(3076, ours.toUpperCase())
  expect(blockedLoads(xml).map(({ eventId, process }) => [eventId, process])).toEqual([
    [3033, '\\Device\\HarddiskVolume3\\A&B\\app.exe'],
    [3076, '\\Device\\HarddiskVolume3\\A&B\\app.exe'],
  ])
})

it.each(['', '<Event ', '<Event <Event <EventID>', event(3033, 'x'.repeat(1e6)), `${'<Event '.repeat(50_000)}`])(
  'survives a log that is none',
  (xml) => {
    expect(blockedLoads(xml)).toEqual([])
  },
)

it('says of each client whether it was seen, cancels what it made and nothing else, and tells of those that are not there', async () => {
  const cancelled: string[] = []
  const client = (name: string, result: Awaited<ReturnType<Client['connect']>>): Client => ({
    name,
    connect: async () => result,
    disconnect: async () => void cancelled.push(name),
  })
  const clients = [
    client('seen', { isConnected: true, text: 'status 0' }),
    client('silent', { isConnected: true, text: 'status 0' }),
    client('refused', { isConnected: false, text: 'status 1219' }),
    client('missing', undefined),
  ]
  const heard: Heard[][] = [
    [
      { phase: 'pre', image: 'a.exe' },
      { phase: 'post', image: 'a.exe' },
    ],
    [],
    [{ phase: 'pre', image: 'b.exe' }],
    [],
  ]
  const checks = await tryClients(clients, '\\\\s\\a', async (_, work) => {
    await work()
    return heard.shift()!
  })
  expect(checks.map(({ what, result, detail }) => [what, result, detail])).toEqual([
    ['seen', 'ok', 'status 0; seen: 1 PRE, 1 POST, by a.exe'],
    ['silent', 'note', 'status 0; not seen'],
    ['refused', 'ok', 'status 1219; seen: 1 PRE, 0 POST, by b.exe'],
    ['missing', 'not checked', 'is not on this machine'],
  ])
  expect(cancelled).toEqual(['seen', 'silent'])
})

it('claims nothing that only a person can see', () => {
  const rows = questions(new FakeMachine({ isWine: true }), [])
  expect(rows.every(({ result }) => result === 'not checked')).toBe(true)
})

it('asks everything of SECURITY.md that only real Windows can answer, and every step that it names is in docs/verify.md', () => {
  const page = (name: string) => readFileSync(inRoot(name), 'utf8')
  const [, list] = page('SECURITY.md').split('## To be checked on real Windows')
  const numbers = [...list!.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
  expect(CLAIMS.map(([number]) => number)).toEqual(numbers)
  const steps = [...page('docs/verify.md').matchAll(/^(\d+)\. /gm)].map(([, step]) => step)
  const rows = questions(new FakeMachine(), [])
  const named = rows.map(({ detail }) => /^step (\d+) of docs\/verify\.md$/.exec(detail)?.[1]).filter((step) => step !== undefined)
  expect(named.length).toBeGreaterThan(numbers.length)
  expect(named.filter((step) => !steps.includes(step))).toEqual([])
})
