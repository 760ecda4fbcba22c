import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flagNames } from '../../host/model/connect-flags.ts'
import { explainStatus } from '../../host/model/explanations.ts'
import { outcomeOf, statusName, statusNames } from '../../host/model/status.ts'

const ALL = Array.from({ length: 12_000 }, (_, status) => status)

describe('a Win32 status', () => {
  it.each([
    [0, 'ERROR_SUCCESS'],
    [53, 'ERROR_BAD_NETPATH'],
    [67, 'ERROR_BAD_NET_NAME'],
    [85, 'ERROR_ALREADY_ASSIGNED'],
    [1219, 'ERROR_SESSION_CREDENTIAL_CONFLICT'],
    [1223, 'ERROR_CANCELLED'],
    [1326, 'ERROR_LOGON_FAILURE'],
    [2250, 'ERROR_NOT_CONNECTED'],
    [2404, 'ERROR_DEVICE_IN_USE'],
  ])('%s is called %s', (status, name) => {
    expect(statusName(status)).toBe(name)
  })

  it('without a name here has none, rather than a guessed one', () => {
    expect(statusName(4242)).toBeUndefined()
    expect(statusName(0xc000006d)).toBeUndefined()
  })

  it('has a name of its own', () => {
    const names = ALL.map(statusName).filter((name) => name !== undefined)
    expect(new Set(names).size).toBe(names.length)
  })

  // The headers of the cross compiler, which the set-up installs, are another witness.
  it('is called as winerror.h or lmerr.h call it', () => {
    const headers = ['winerror.h', 'lmerr.h'].map((name) => readFileSync(`/usr/share/mingw-w64/include/${name}`, 'latin1')).join('\n')
    const inHeaders = new Map<string, number>()
    for (const [, name, value] of headers.matchAll(/^#define\s+(\w+)\s+__MSABI_LONG\((\d+)\)/gm)) inHeaders.set(name!, Number(value))
    for (const [, name, offset] of headers.matchAll(/^#define\s+(NERR_\w+)\s+\(NERR_BASE\+(\d+)\)/gm))
      inHeaders.set(name!, 2100 + Number(offset))
    // Newer than the headers of some systems.
    const newer = new Map([
      ['ERROR_SMB1_NOT_AVAILABLE', 384],
      ['ERROR_SMB_GUEST_LOGON_BLOCKED', 1272],
    ])
    for (const [status, name] of statusNames()) expect([name, inHeaders.get(name) ?? newer.get(name)]).toEqual([name, status])
  })

  it('is a success when it is 0, 2108 or 2109, a cancel when it is 1223, and otherwise a failure', () => {
    expect(ALL.filter((status) => outcomeOf(status) === 'succeeded')).toEqual([0, 2108, 2109])
    expect(ALL.filter((status) => outcomeOf(status) === 'cancelled')).toEqual([1223])
    expect(outcomeOf(0xc000006d)).toBe('failed')
  })

  it('in an HRESULT has the name and the explanation of the status that it holds, and stays as it is', () => {
    expect(statusName(0x80070035)).toBe('ERROR_BAD_NETPATH')
    expect(explainStatus(0x80070035)).toEqual(explainStatus(53))
    expect([statusName(0x80080035), statusName(0x8006ffff), statusName(0x80070000 + 4242)]).toEqual([undefined, undefined, undefined])
  })

  it('in an HRESULT ends an operation as the status that it holds does', () => {
    const inHresult = ALL.map((status) => 0x80070000 + status)
    expect(inHresult.filter((status) => outcomeOf(status) === 'succeeded')).toEqual([0x8007083c, 0x8007083d])
    expect(inHresult.filter((status) => outcomeOf(status) === 'cancelled')).toEqual([0x800704c7])
  })

  it('that has a name is explained, and no other, in whole sentences', () => {
    const explained = ALL.filter((status) => explainStatus(status) !== undefined)
    expect(explained).toEqual([...statusNames().keys()])
    for (const status of explained) {
      const { meaning, causes, checks } = explainStatus(status)!
      for (const text of [meaning, ...causes, ...checks.map(({ look }) => look)]) expect(text).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('that is a failure has causes and commands to check them', () => {
    for (const status of statusNames().keys()) {
      const { causes, checks } = explainStatus(status)!
      const counts = [causes.length > 0, checks.length > 0, checks.every(({ command }) => command.length > 3)]
      expect([status, ...counts]).toEqual([status, outcomeOf(status) !== 'succeeded', outcomeOf(status) !== 'succeeded', true])
    }
  })
})

describe('connect flags', () => {
  it('are named, lowest first, and bits without a name stay visible', () => {
    expect(flagNames(0)).toEqual([])
    expect(flagNames(0x09)).toEqual(['CONNECT_UPDATE_PROFILE', 'CONNECT_INTERACTIVE'])
    expect(flagNames(0xff080001)).toEqual(['CONNECT_UPDATE_PROFILE', '0xff080000'])
    expect(flagNames(-1)).toContain('CONNECT_GLOBAL_MAPPING')
  })
})
