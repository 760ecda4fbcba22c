// The bytes of a security descriptor, self-relative, of the SDDL that tests write: ("SECURITY_DESCRIPTOR structure"). tests/wine compares what
// this makes with what Windows' own ConvertStringSecurityDescriptorToSecurityDescriptor makes.

const SIDS: Readonly<Record<string, string>> = {
  WD: 'S-1-1-0',
  CO: 'S-1-3-0',
  OW: 'S-1-3-4',
  AU: 'S-1-5-11',
  SY: 'S-1-5-18',
  BA: 'S-1-5-32-544',
  BU: 'S-1-5-32-545',
}
const FLAGS: Readonly<Record<string, number>> = { OI: 1, CI: 2, NP: 4, IO: 8, ID: 16 }
const MASKS: Readonly<Record<string, number>> = { FA: 0x1f01ff, RC: 0x20000 }

function sidBytes(text: string): Buffer {
  const [, , authority, ...subs] = (SIDS[text] ?? text).split('-').map(Number)
  const bytes = Buffer.alloc(8 + 4 * subs.length)
  bytes[0] = 1
  bytes[1] = subs.length
  bytes.writeUIntBE(authority!, 2, 6)
  subs.forEach((sub, index) => {
    bytes.writeUInt32LE(sub, 8 + 4 * index)
  })
  return bytes
}

function aceBytes(text: string): Buffer {
  const [type, flags, mask, , , sid] = text.split(';')
  const body = sidBytes(sid!)
  const header = Buffer.alloc(8)
  header[0] = type === 'A' ? 0 : 1
  header[1] = (flags!.match(/../g) ?? []).reduce((sum, flag) => sum | FLAGS[flag]!, 0)
  header.writeUInt16LE(8 + body.length, 2)
  header.writeUInt32LE(MASKS[mask!] ?? Number(mask), 4)
  return Buffer.concat([header, body])
}

export function descriptorBytes(sddl: string): Uint8Array {
  const [, owner, group, flags, list] = /^(?:O:(S-[\d-]+|[A-Z]{2}))?(?:G:(S-[\d-]+|[A-Z]{2}))?D:(P?)((?:\([^)]*\))*)$/.exec(sddl)!
  const aces = [...list!.matchAll(/\(([^)]*)\)/g)].map(([, ace]) => aceBytes(ace!))
  const acl = Buffer.alloc(8)
  acl[0] = 2
  acl.writeUInt16LE(8 + aces.reduce((sum, ace) => sum + ace.length, 0), 2)
  acl.writeUInt16LE(aces.length, 4)
  const dacl = Buffer.concat([acl, ...aces])
  const ownerSid = owner ? sidBytes(owner) : Buffer.alloc(0)
  const groupSid = group ? sidBytes(group) : Buffer.alloc(0)
  const header = Buffer.alloc(20)
  header[0] = 1
  header.writeUInt16LE(0x8004 | (flags ? 0x1000 : 0), 2)
  header.writeUInt32LE(owner ? 20 + dacl.length : 0, 4)
  header.writeUInt32LE(group ? 20 + dacl.length + ownerSid.length : 0, 8)
  header.writeUInt32LE(20, 16)
  return new Uint8Array(Buffer.concat([header, dacl, ownerSid, groupSid]))
}
