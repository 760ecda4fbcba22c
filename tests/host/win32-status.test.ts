import { describe, expect, it } from 'vitest'
import { connectFlagNames } from '../../host/model/connect-flags.ts'
import { explainStatus } from '../../host/model/explanations.ts'
import { outcomeOf, statusName } from '../../host/model/status.ts'

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
    expect(names.every((name) => /^ERROR_[A-Z0-9_]+$/.test(name))).toBe(true)
  })

  it('is a success when it is 0, 2108 or 2109, a cancel when it is 1223, and otherwise a failure', () => {
    expect(ALL.filter((status) => outcomeOf(status) === 'succeeded')).toEqual([0, 2108, 2109])
    expect(ALL.filter((status) => outcomeOf(status) === 'cancelled')).toEqual([1223])
    expect(outcomeOf(0xc000006d)).toBe('failed')
  })

  it('is explained only when it has a name and is no success, in whole sentences', () => {
    const explained = ALL.filter((status) => explainStatus(status) !== undefined)
    expect(explained).toEqual(expect.arrayContaining([5, 53, 67, 85, 86, 1219, 1223, 1326]))
    for (const status of explained) {
      expect(statusName(status)).toBeDefined()
      expect(outcomeOf(status)).not.toBe('succeeded')
      const { meaning, next } = explainStatus(status)!
      for (const text of [meaning, next]) expect(text).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('connect flags', () => {
  it('are named, lowest first, and bits without a name stay visible', () => {
    expect(connectFlagNames(0)).toEqual([])
    expect(connectFlagNames(0x09)).toEqual(['CONNECT_UPDATE_PROFILE', 'CONNECT_INTERACTIVE'])
    expect(connectFlagNames(0xff020001)).toEqual(['CONNECT_UPDATE_PROFILE', '0xff020000'])
    expect(connectFlagNames(-1)).toContain('CONNECT_GLOBAL_MAPPING')
  })
})
