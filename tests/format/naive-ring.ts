// A second reading of RING.md, naive on purpose: BigInt and byte offsets as the diagrams of format/layout.ts show them, and nothing
// shared with the writer under test.

const MASK = 2n ** 64n - 1n
const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const rotl = (x: bigint, r: bigint) => ((x << r) | (x >> (64n - r))) & MASK

function mix(x: bigint): bigint {
  x ^= x >> 29n
  x = (x * P1) & MASK
  x ^= x >> 32n
  x = (x * P2) & MASK
  return x ^ (x >> 29n)
}

function lanes(region: Buffer): [bigint, bigint] {
  const key = [0x6a09e667n, 0xbb67ae85n, 0x3c6ef372n, 0xa54ff53an]
  const step = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn, 0x27d4eb2fn]
  let a0 = 0n
  let a1 = 0n
  for (let at = 0; at < region.length; at += 16) {
    const w = [0, 4, 8, 12].map((offset) => BigInt(region.readUInt32LE(at + offset)))
    const x = w.map((word, i) => word ^ key[i]!)
    a0 = (a0 + ((w[1]! << 32n) | w[0]!) + x[0]! * x[1]!) & MASK
    a1 = (a1 + ((w[3]! << 32n) | w[2]!) + x[2]! * x[3]!) & MASK
    for (let i = 0; i < 4; i++) key[i] = (key[i]! + step[i]!) & 0xffffffffn
  }
  return [a0, a1]
}

export interface NaiveString {
  stored: number
  full: number
  traits: number
  /** The stored units. */
  text: string
  blocks: Buffer
}

/** The four strings of a slot, in order. */
export function naiveStrings(slot: Buffer): NaiveString[] {
  let at = 128
  return [104, 110, 116, 122].map((descriptor) => {
    const stored = slot.readUInt16LE(descriptor)
    const full = slot.readUInt16LE(descriptor + 2)
    const traits = slot.readUInt16LE(descriptor + 4)
    const wide = (traits & 2) !== 0
    const bytes = stored * (wide ? 2 : 1)
    const blocks = slot.subarray(at, at + Math.ceil(bytes / 16) * 16)
    at += blocks.length
    return { stored, full, traits, text: blocks.toString(wide ? 'utf16le' : 'latin1', 0, bytes), blocks }
  })
}

/** The checksum that RING.md section 5 gives for a slot. */
export function naiveChecksum(slot: Buffer, fileId: bigint, sequence: bigint): bigint {
  const [a0, a1] = lanes(slot.subarray(16, slot.readUInt16LE(16)))
  return mix(((a0 + rotl(a1, 32n) * P1) & MASK) ^ fileId ^ ((sequence * P1) & MASK))
}

/** Key i, 64 bits, of those that the core makes of a seed (assembly/hash-keys.ts). */
function hashKey(seed: bigint, i: number): bigint {
  return mix((seed + P1 * BigInt(i + 1)) & MASK)
}

/** Word i of the same keys. */
const keyWord = (seed: bigint, i: number) => (hashKey(seed, i >> 1) >> BigInt(32 * (i & 1))) & 0xffff_ffffn

/** What the core's table makes of a Latin-1 string: where it looks first, and the tag that it finds it by. */
export function naiveInternPlace(text: string, seed: bigint): { readonly place: number; readonly tag: number } {
  const blocks = Buffer.alloc(Math.ceil(text.length / 16) * 16)
  blocks.write(text, 'latin1')
  let sum = BigInt(text.length << 1) * 0x165667b19e3779f9n
  for (let i = 0; i < blocks.length / 4; i += 2) {
    const both = (blocks.readBigUInt64LE(4 * i) + (keyWord(seed, i) | (keyWord(seed, i + 1) << 32n))) & MASK
    sum += (both & 0xffff_ffffn) * (both >> 32n)
  }
  const hash = (sum * P1) & MASK
  return { place: Number(hash >> 48n), tag: Number(hash >> 34n) & 0x3fff }
}

/** Names that have one place and one tag in the table of a core whose seed is known: a word that makes one factor zero leaves the other free. */
export function collidingNames(seed: bigint, count: number): string[] {
  const zero = Buffer.alloc(4)
  zero.writeUInt32LE(Number((2n ** 32n - keyWord(seed, 4)) & 0xffff_ffffn))
  if (zero.includes(0)) throw new Error('No name has that word; take another seed.')
  return Array.from({ length: count }, (_, n) => `\\\\files01\\share-${zero.toString('latin1')}${n.toString(36).padStart(4, '0')}`)
}

/** A process whose PREs all have one place in the pairing table of a core whose seed is known, for as long as the thread is the same. */
export function crowdingProcess(seed: bigint): number {
  return Number((2n ** 32n - keyWord(seed, 97)) & 0xffff_ffffn)
}

/** Where the statistics of a core whose seed is known look for a status first. */
export function naiveStatusPlace(seed: bigint, status: number): number {
  return Number(mix(BigInt(status) ^ hashKey(seed, 50)) & 0xfffn)
}
