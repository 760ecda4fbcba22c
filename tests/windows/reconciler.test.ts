// What came or went without a notification: told once, after two snapshots that agree, and never when a notification says why.

import { expect, it } from 'vitest'
import type { Operation } from '../../host/index.ts'
import type { Observed, Snapshot } from '../../host/model/observed.ts'
import { Reconciler } from '../../host/windows/reconciler.ts'

let time = 0
const session = { user: 'S-1-5-21-1', sessionId: 1, logonId: '0x1', elevation: 'none' } as const
const row = (localName: string | undefined, remoteName: string, isConnected = true): Observed => ({
  type: 'observed',
  time,
  user: session.user,
  sessionId: 1,
  logonId: '0x1',
  localName,
  remoteName,
  provider: undefined,
  resourceType: 'disk',
  isConnected,
  isRemembered: false,
  change: 'present',
})
const taken = (...connections: Observed[]): Snapshot => ({ time: ++time, session, connections, unseen: [] })
const Z = () => row('Z:', '\\\\fs\\a')
const operation = (localName: string | undefined, remoteName: string, what: Partial<Operation> = {}) =>
  ({ kind: 'add', outcome: 'succeeded', localName, remoteName, ...what }) as Operation
const shown = (rows: readonly Observed[]) =>
  rows.map(({ change, localName, remoteName, isConnected }) => [change, localName, remoteName, isConnected])

it('what was there at first is no news', () => {
  const reconciler = new Reconciler()
  for (let i = 0; i < 3; i++) expect(reconciler.compare(taken(Z()))).toEqual([])
})

it('a drive that Windows restored, or that another way of mapping made, is told once, by its second snapshot', () => {
  const reconciler = new Reconciler()
  reconciler.compare(taken())
  expect(reconciler.compare(taken(Z()))).toEqual([])
  expect(shown(reconciler.compare(taken(Z())))).toEqual([['came', 'Z:', '\\\\fs\\a', true]])
  expect(reconciler.compare(taken(Z()))).toEqual([])
})

it('a drive that went without a cancel is told once, at the time of the snapshot that misses it', () => {
  const reconciler = new Reconciler()
  reconciler.compare(taken(Z()))
  expect(reconciler.compare(taken())).toEqual([])
  const [went] = reconciler.compare(taken())
  expect(shown([went!])).toEqual([['went', 'Z:', '\\\\fs\\a', false]])
  expect(went!.time).toBe(time)
  expect(reconciler.compare(taken())).toEqual([])
})

it.each([
  ['before the snapshot', 'before'],
  ['between the two snapshots that show it', 'between'],
])('what a notification tells of is not told again: %s', (_, when) => {
  const reconciler = new Reconciler()
  reconciler.compare(taken())
  if (when === 'before') reconciler.note(operation('z:', '\\\\fs\\a'))
  reconciler.compare(taken(Z()))
  if (when === 'between') reconciler.note(operation('z:', '\\\\fs\\a'))
  expect(reconciler.compare(taken(Z()))).toEqual([])
  // And it is known from then on.
  reconciler.compare(taken())
  expect(shown(reconciler.compare(taken()))).toEqual([['went', 'Z:', '\\\\fs\\a', false]])
})

it('what is there for one snapshot only is nothing', () => {
  const reconciler = new Reconciler()
  reconciler.compare(taken())
  reconciler.compare(taken(Z()))
  for (let i = 0; i < 3; i++) expect(reconciler.compare(taken())).toEqual([])
})

it('another share under the same letter came; a connection without a device goes by its remote name; what is only remembered is not there', () => {
  const reconciler = new Reconciler()
  reconciler.compare(taken(Z(), row(undefined, '\\\\fs\\ipc')))
  const next = () => taken(row('Z:', '\\\\fs\\b'), row(undefined, '\\\\FS\\IPC'), row('Y:', '\\\\fs\\c', false))
  reconciler.compare(next())
  expect(shown(reconciler.compare(next()))).toEqual([['came', 'Z:', '\\\\fs\\b', true]])
})

it.each([
  ['an add that failed', { outcome: 'failed' }],
  ['a cancel', { kind: 'cancel' }],
] as const)('%s does not explain why a drive came', (_, what) => {
  const reconciler = new Reconciler()
  reconciler.compare(taken())
  reconciler.note(operation('Z:', '\\\\fs\\a', what as Partial<Operation>))
  reconciler.compare(taken(Z()))
  expect(shown(reconciler.compare(taken(Z())))).toEqual([['came', 'Z:', '\\\\fs\\a', true]])
})
