// What the header of a DLL says ("PE Format"): for which machine it is, what it was made from, and its version. Every offset is checked before it
// is used; a file that is not what it says gives `undefined`.
//
//   0x3c ── offset of "PE\0\0" ──► signature 4 │ machine 2, sections 2, time stamp 4, …, optional header size 2, flags 2 │ optional header
//                                 │ section headers of 40 bytes: name 8, virtual size 4, virtual address 4, raw size 4, raw address 4, …

/** What is known about an image file. */
export interface PeFacts {
  /** IMAGE_FILE_MACHINE_*. */
  readonly machine: number
  /** `TimeDateStamp`: a hash of the contents in a reproducible build. */
  readonly stamp: number
  /** IMAGE_DLLCHARACTERISTICS_GUARD_CF. */
  readonly hasControlFlowGuard: boolean
  /** A certificate table is there; whether it is good, Windows knows. */
  readonly hasSignature: boolean
  /** Four numbers with dots, of the version resource; `undefined` without one. */
  readonly version: string | undefined
  /** `ProductName` of the version resource. */
  readonly product: string | undefined
}

/** Bytes of a DLL that are read. */
export const PE_FILE_MAX = 64 << 20

const SECTIONS_MAX = 96
const OPTIONAL_MAGIC_32 = 0x10b
const OPTIONAL_MAGIC_64 = 0x20b
const DLL_CHARACTERISTICS_AT = 70
const GUARD_CF = 0x4000
const CERTIFICATES = 4
const FIXED_VERSION = Buffer.from([0xbd, 0x04, 0xef, 0xfe])
const TEXT_MAX = 256

export function parsePe(bytes: Uint8Array): PeFacts | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (data.length < 64 || data.readUInt16LE(0) !== 0x5a4d) return undefined
  const at = data.readUInt32LE(0x3c)
  if (at > data.length - 24 || data.readUInt32LE(at) !== 0x4550) return undefined
  const optionalSize = data.readUInt16LE(at + 20)
  const optionalAt = at + 24
  if (optionalSize < 96 || optionalAt + optionalSize > data.length) return undefined
  const magic = data.readUInt16LE(optionalAt)
  if (magic !== OPTIONAL_MAGIC_32 && magic !== OPTIONAL_MAGIC_64) return undefined
  const directoriesAt = magic === OPTIONAL_MAGIC_64 ? 112 : 96
  const certificates = directory(data, optionalAt, optionalSize, directoriesAt, CERTIFICATES)
  const resources = section(data, optionalAt + optionalSize, data.readUInt16LE(at + 6), '.rsrc')
  return {
    machine: data.readUInt16LE(at + 4),
    stamp: data.readUInt32LE(at + 8),
    hasControlFlowGuard: (data.readUInt16LE(optionalAt + DLL_CHARACTERISTICS_AT) & GUARD_CF) !== 0,
    hasSignature: certificates > 0,
    version: resources && fixedVersion(resources),
    product: resources && stringOf(resources, 'ProductName'),
  }
}

/** Size of a data directory; 0 when there is none. */
function directory(data: Buffer, optionalAt: number, optionalSize: number, directoriesAt: number, index: number): number {
  const entry = directoriesAt + 8 * index
  return entry + 8 <= optionalSize ? data.readUInt32LE(optionalAt + entry + 4) : 0
}

function section(data: Buffer, at: number, count: number, name: string): Buffer | undefined {
  for (let index = 0; index < Math.min(count, SECTIONS_MAX); index++) {
    const header = at + 40 * index
    if (header + 40 > data.length) return undefined
    if (data.toString('latin1', header, header + 8).replace(/\0+$/, '') !== name) continue
    const size = data.readUInt32LE(header + 16)
    const start = data.readUInt32LE(header + 20)
    return start <= data.length && size <= data.length - start ? data.subarray(start, start + size) : undefined
  }
  return undefined
}

/** VS_FIXEDFILEINFO: signature 4, structure version 4, file version in two halves. */
function fixedVersion(resources: Buffer): string | undefined {
  const at = resources.indexOf(FIXED_VERSION)
  if (at < 0 || at + 16 > resources.length) return undefined
  const high = resources.readUInt32LE(at + 8)
  const low = resources.readUInt32LE(at + 12)
  return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.')
}

/** A String of the StringFileInfo: its key, a NUL, padding to four bytes, its text, a NUL. */
function stringOf(resources: Buffer, key: string): string | undefined {
  const wanted = Buffer.from(`${key}\0`, 'utf16le')
  const at = resources.indexOf(wanted)
  if (at < 0) return undefined
  let start = at + wanted.length
  while (start + 2 <= resources.length && resources.readUInt16LE(start) === 0 && start < at + wanted.length + 4) start += 2
  const text = resources.toString('utf16le', start, Math.min(start + 2 * TEXT_MAX, resources.length & ~1))
  const end = text.indexOf('\0')
  return end < 0 ? undefined : text.slice(0, end)
}

/** -1, 0 or 1, as versions are compared; a missing one is the oldest. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  const left = (a ?? '').split('.').map(Number)
  const right = (b ?? '').split('.').map(Number)
  for (let index = 0; index < 4; index++) {
    const difference = (left[index] || 0) - (right[index] || 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}
