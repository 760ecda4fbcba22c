// SIDs as text, without Windows.

/** "S-1-…" of the binary SID at `offset`, as Windows writes it: an authority of 2^32 or more in hexadecimal. */
export function sidText(data: Buffer, offset: number): string {
  const authority = data.readUIntBE(offset + 2, 6)
  const parts = ['S', data[offset]!, authority < 2 ** 32 ? authority : `0x${authority.toString(16).padStart(12, '0')}`]
  const count = Math.min(data[offset + 1]!, 15)
  for (let i = 0; i < count; i++) parts.push(data.readUInt32LE(offset + 8 + 4 * i))
  return parts.join('-')
}

/** The binary form of a SID's text; `undefined` when it is not a SID. Bounded: 15 sub-authorities at most. */
export function sidBytes(sid: string): Uint8Array | undefined {
  const parts = /^S-1-(\d{1,15}|0x[0-9a-f]{12})((?:-\d{1,10}){1,15})$/.exec(sid)
  if (!parts) return undefined
  const subs = parts[2]!.slice(1).split('-').map(Number)
  const authority = Number(parts[1])
  if (authority >= 2 ** 48 || subs.some((sub) => sub >= 2 ** 32)) return undefined
  const bytes = Buffer.alloc(8 + 4 * subs.length)
  bytes[0] = 1
  bytes[1] = subs.length
  bytes.writeUIntBE(authority, 2, 6)
  subs.forEach((sub, index) => {
    bytes.writeUInt32LE(sub, 8 + 4 * index)
  })
  return bytes
}
