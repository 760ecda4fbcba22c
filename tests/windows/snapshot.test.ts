// Snapshots: what of Windows' lists stands in them, what is said not to be seen, and how Windows' silence ends.

import { describe, expect, it } from 'vitest'
import { mustNotBeService } from '../../host/cli/reconcile.ts'
import type { LogonSession, Observed } from '../../host/model/observed.ts'
import type { ConnectionList } from '../../host/system/connection-lists.ts'
import { numberValue, textValue } from '../../host/windows/registry-text.ts'
import { type SnapshotSystem, takeSnapshot } from '../../host/windows/snapshot.ts'
import { FakeMachine } from './fake-machine.ts'

const SELF = 'S-1-5-21-1-2-3-1001'
const OTHER = 'S-1-5-21-1-2-3-1002'
const drive = (localName: string, remoteName: string) => ({ type: 1, localName, remoteName, provider: 'net' })

interface Facts {
  readonly connected?: ConnectionList | 'late' | undefined
  readonly remembered?: ConnectionList
  readonly elevation?: LogonSession['elevation']
  readonly machine?: FakeMachine
}

function systemWith(facts: Facts): SnapshotSystem {
  const { remembered = { status: 0, connections: [] }, elevation = 'none', machine = new FakeMachine() } = facts
  const connected = 'connected' in facts ? facts.connected : { status: 0, connections: [] }
  return {
    session: () => ({ user: SELF, sessionId: 2, logonId: '0x12345', elevation }),
    list: async () => (typeof connected === 'object' ? { connected, remembered } : connected),
    registry: machine.registry,
    wall: () => 1_700_000_000_000,
  }
}

const shown = (rows: readonly Observed[]) =>
  rows.map(({ user, localName, remoteName, isConnected, isRemembered }) => [
    user === SELF ? 'self' : 'other',
    localName,
    remoteName,
    isConnected,
    isRemembered,
  ])

describe('a snapshot', () => {
  it('has what is connected and what is remembered, each once, whatever the case', async () => {
    const connected = { status: 0, connections: [drive('Z:', '\\\\fs\\a'), drive('', '\\\\fs\\ipc'), drive('Y:', '\\\\fs\\b')] }
    const remembered = { status: 0, connections: [drive('z:', '\\\\FS\\A'), drive('X:', '\\\\fs\\c')] }
    const taken = await takeSnapshot(systemWith({ connected, remembered }))
    expect(shown(taken.connections)).toEqual([
      ['self', 'Z:', '\\\\fs\\a', true, true],
      ['self', undefined, '\\\\fs\\ipc', true, false],
      ['self', 'Y:', '\\\\fs\\b', true, false],
      ['self', 'X:', '\\\\fs\\c', false, true],
    ])
    expect(taken.connections[0]).toMatchObject({
      sessionId: 2,
      logonId: '0x12345',
      time: 1_700_000_000_000,
      provider: 'net',
      resourceType: 'disk',
    })
    expect(taken.session).toMatchObject({ user: SELF, logonId: '0x12345' })
    expect(taken.unseen).toEqual([])
  })

  it.each([
    ['late', /has not listed the connections within 30 s: a network provider does not answer/],
    [{ status: 1222, connections: [] }, /error 1222: no network provider is there/],
    [{ status: 5, connections: [drive('Z:', '\\\\fs\\a')] }, /does not list the connections \(error 5\)\./],
    [undefined, /cannot be asked/],
  ] as const)('that Windows does not give (%j) is an error, never half a list', async (connected, message) => {
    await expect(takeSnapshot(systemWith({ connected }))).rejects.toMatchObject({
      code: 'MPRTAP_SNAPSHOT',
      message: expect.stringMatching(message),
    })
  })

  it('says that an elevated process does not see the drives of the same person’s other programs, unless sessions are linked', async () => {
    const machine = new FakeMachine()
    const unseen = async () => (await takeSnapshot(systemWith({ elevation: 'elevated', machine }))).unseen
    expect(await unseen()).toEqual([expect.stringMatching(/elevated, so it has a logon session of its own/)])
    machine.setValue('HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System', numberValue('EnableLinkedConnections', 1))
    expect(await unseen()).toEqual([])
  })
})

describe('a snapshot of all users', () => {
  function withUsers(): FakeMachine {
    const machine = new FakeMachine()
    const remembered = (user: string, letter: string, ...values: ReturnType<typeof textValue>[]) => {
      for (const key of [`HKU\\${user}`, `HKU\\${user}\\Network`, `HKU\\${user}\\Network\\${letter}`]) machine.addKey(key)
      for (const value of values) machine.setValue(`HKU\\${user}\\Network\\${letter}`, value)
    }
    remembered(OTHER, 'P', textValue('RemotePath', '\\\\fs\\p'), textValue('ProviderName', 'net'), numberValue('ConnectionType', 1))
    remembered(OTHER, 'LPT1', textValue('RemotePath', '\\\\fs\\printer'), numberValue('ConnectionType', 2))
    remembered(OTHER, 'Q', numberValue('RemotePath', 7))
    remembered(OTHER, 'R')
    remembered(SELF, 'S', textValue('RemotePath', '\\\\fs\\own'))
    remembered('S-1-5-18', 'T', textValue('RemotePath', '\\\\fs\\system'))
    remembered(`${OTHER}_Classes`, 'U', textValue('RemotePath', '\\\\fs\\classes'))
    machine.addKey('HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList')
    for (const sid of [SELF, OTHER, 'S-1-5-21-1-2-3-1003', 'S-1-5-18'])
      machine.addKey(`HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\${sid}`)
    return machine
  }

  it('reads what Windows remembers for users who are logged on, and says what it cannot see', async () => {
    const taken = await takeSnapshot(systemWith({ elevation: 'elevated', machine: withUsers() }), { allUsers: true })
    expect(shown(taken.connections).sort()).toEqual([
      ['other', 'LPT1', '\\\\fs\\printer', false, true],
      ['other', 'P:', '\\\\fs\\p', false, true],
    ])
    expect(taken.connections.find(({ localName }) => localName === 'LPT1')?.resourceType).toBe('print')
    expect(taken.unseen).toEqual([
      expect.stringMatching(/This process is elevated/),
      expect.stringMatching(/^1 users have a profile on this machine and are not logged on/),
      expect.stringMatching(/^Of other users only remembered drives can be seen/),
    ])
  })

  it.each(['none', 'limited'] as const)('is refused without the rights (%s)', async (elevation) => {
    await expect(takeSnapshot(systemWith({ elevation }), { allUsers: true })).rejects.toMatchObject({
      code: 'MPRTAP_INVALID_ARGUMENT',
      message: expect.stringMatching(/run it elevated/),
    })
  })
})

it('--reconcile is refused in a service, whose logon session has nobody’s drives', () => {
  const session = { user: 'S-1-5-18', sessionId: 0, logonId: '0x3e7', elevation: 'elevated' } as const
  expect(() => mustNotBeService({ session })).toThrow(/A service has a logon session of its own/)
  expect(() => mustNotBeService({ session: { ...session, sessionId: 1 } })).not.toThrow()
})
