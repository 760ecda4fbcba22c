// The header of a DLL: what it says, and what becomes of one that lies.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MACHINE_ARM64, MACHINE_X86 } from '../../host/model/machine.ts'
import { compareVersions, parsePe } from '../../host/windows/pe-file.ts'
import { peBytes } from './pe-bytes.ts'

it.each([MACHINE_X86, MACHINE_ARM64])('machine 0x%x: all of it is read', (machine) => {
  const options = {
    machine,
    stamp: 0xdeadbeef,
    version: [1, 2, 3, 4] as const,
    product: 'mprtap',
    hasControlFlowGuard: true,
    hasSignature: true,
  }
  expect(parsePe(peBytes(options))).toEqual({ ...options, version: '1.2.3.4' })
})

it('a file that is cut, or changed anywhere, is read or refused', () => {
  const whole = peBytes()
  for (let length = 0; length < whole.length; length++) parsePe(whole.subarray(0, length))
  fc.assert(
    fc.property(fc.nat(whole.length - 4), fc.nat(0xffffffff), (at, value) => {
      const bytes = whole.slice()
      new DataView(bytes.buffer).setUint32(at, value, true)
      parsePe(bytes)
    }),
  )
  expect(parsePe(new Uint8Array(0))).toBeUndefined()
  expect(parsePe(Buffer.from('MZ'.padEnd(100, '\xff'), 'latin1'))).toBeUndefined()
})

it('versions are compared by their numbers, and a missing one is the oldest', () => {
  expect([compareVersions('0.10.0', '0.9.0.0'), compareVersions('1.0', '1.0.0.0'), compareVersions(undefined, '0.0.1')]).toEqual([1, 0, -1])
})
