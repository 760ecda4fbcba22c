// A DLL that is nothing but a header and a version resource, for the tests that look at files.

import { MACHINE_X64, MACHINE_X86 } from '../../host/model/machine.ts'

export interface PeOptions {
  readonly machine?: number
  readonly stamp?: number
  readonly version?: readonly [number, number, number, number]
  readonly product?: string
  readonly hasControlFlowGuard?: boolean
  readonly hasSignature?: boolean
}

export function peBytes(options: PeOptions = {}): Uint8Array {
  const {
    machine = MACHINE_X64,
    stamp = 1,
    version = [0, 1, 0, 0],
    product = 'mprtap',
    hasControlFlowGuard = false,
    hasSignature = false,
  } = options
  const is32 = machine === MACHINE_X86
  const optionalSize = (is32 ? 96 : 112) + 8 * 16
  const header = Buffer.alloc(0x40 + 24 + optionalSize + 40)
  header.writeUInt16LE(0x5a4d, 0)
  header.writeUInt32LE(0x40, 0x3c)
  header.writeUInt32LE(0x4550, 0x40)
  header.writeUInt16LE(machine, 0x44)
  header.writeUInt16LE(1, 0x46)
  header.writeUInt32LE(stamp, 0x48)
  header.writeUInt16LE(optionalSize, 0x54)
  const optional = 0x58
  header.writeUInt16LE(is32 ? 0x10b : 0x20b, optional)
  header.writeUInt16LE(hasControlFlowGuard ? 0x4000 : 0, optional + 70)
  header.writeUInt32LE(hasSignature ? 512 : 0, optional + (is32 ? 96 : 112) + 8 * 4 + 4)
  const fixed = Buffer.alloc(16)
  fixed.writeUInt32LE(0xfeef04bd, 0)
  fixed.writeUInt32LE(((version[0] << 16) | version[1]) >>> 0, 8)
  fixed.writeUInt32LE(((version[2] << 16) | version[3]) >>> 0, 12)
  const resources = Buffer.concat([fixed, Buffer.from(`ProductName\0${product}\0`, 'utf16le')])
  const section = optional + optionalSize
  header.write('.rsrc', section, 'latin1')
  header.writeUInt32LE(resources.length, section + 16)
  header.writeUInt32LE(header.length, section + 20)
  return new Uint8Array(Buffer.concat([header, resources]))
}
