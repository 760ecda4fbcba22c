// Security descriptors: their bytes ("SECURITY_DESCRIPTOR structure", self-relative; "ACL structure"; "ACE_HEADER structure") and their text
// (SDDL, "Security Descriptor String Format"), and whether one is what it should be. Every offset is checked before it is used.
//
//      0 ┌─────────────┬───────────────────────────┐
//        │ revision 1  │ 0 │ control 2             │
//      4 ├─────────────┼─────────────┬─────────────┤
//        │ owner at 4  │ group at 4  │ SACL at 4   │
//     16 ├─────────────┼─────────────┴─────────────┘
//        │ DACL at 4   │
//     20 └─────────────┘
//   DACL:  revision 1, 0 1, size 2, entries 2, 0 2; then each entry: type 1, flags 1, size 2, mask 4, SID

/** An entry of an access list. */
export interface AccessEntry {
  /** ACCESS_ALLOWED_ACE_TYPE 0, ACCESS_DENIED_ACE_TYPE 1, … */
  readonly type: number
  /** OBJECT_INHERIT_ACE 1, CONTAINER_INHERIT_ACE 2, NO_PROPAGATE 4, INHERIT_ONLY_ACE 8, INHERITED_ACE 16. */
  readonly flags: number
  readonly mask: number
  /** SID in string form; empty for an entry of another layout than the two above. */
  readonly sid: string
}

/** What a security descriptor says about owner and access. */
export interface Descriptor {
  readonly owner: string | undefined
  /** Not inherited from the folder above. */
  readonly isProtected: boolean
  /** `undefined`: there is no list, and everybody may do everything. */
  readonly entries: readonly AccessEntry[] | undefined
}

const HEADER_SIZE = 20
const CONTROL_AT = 2
const OWNER_AT = 4
const DACL_AT = 16
const ACL_HEADER_SIZE = 8
const ACE_HEADER_SIZE = 8
const DACL_PRESENT = 0x0004
const DACL_PROTECTED = 0x1000
const SELF_RELATIVE = 0x8000
const SUB_AUTHORITIES_MAX = 15

export const ALLOW = 0
export const DENY = 1
export const OBJECT_INHERIT = 1
export const CONTAINER_INHERIT = 2
export const NO_PROPAGATE = 4
export const INHERIT_ONLY = 8
const INHERITED = 16

/** @returns `undefined` when the bytes are not a descriptor: a part lies outside, or is not as long as it says. */
export function parseDescriptor(bytes: Uint8Array): Descriptor | undefined {
  if (bytes.length < HEADER_SIZE || bytes[0] !== 1) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const control = view.getUint16(CONTROL_AT, true)
  if (!(control & SELF_RELATIVE)) return undefined
  const ownerAt = view.getUint32(OWNER_AT, true)
  const owner = ownerAt === 0 ? undefined : sidAt(view, ownerAt, bytes.length)
  if (ownerAt !== 0 && owner === undefined) return undefined
  const daclAt = view.getUint32(DACL_AT, true)
  const hasList = (control & DACL_PRESENT) !== 0 && daclAt !== 0
  const entries = hasList ? entriesAt(view, daclAt) : undefined
  if (hasList && entries === undefined) return undefined
  return { owner, isProtected: (control & DACL_PROTECTED) !== 0, entries }
}

function entriesAt(view: DataView, at: number): AccessEntry[] | undefined {
  if (at > view.byteLength - ACL_HEADER_SIZE) return undefined
  const end = at + view.getUint16(at + 2, true)
  const count = view.getUint16(at + 4, true)
  if (end > view.byteLength) return undefined
  const entries: AccessEntry[] = []
  let next = at + ACL_HEADER_SIZE
  for (let index = 0; index < count; index++) {
    if (next > end - ACE_HEADER_SIZE) return undefined
    const size = view.getUint16(next + 2, true)
    if (size < ACE_HEADER_SIZE || size > end - next) return undefined
    const type = view.getUint8(next)
    const sid = type <= DENY ? sidAt(view, next + ACE_HEADER_SIZE, next + size) : ''
    if (sid === undefined) return undefined
    entries.push({ type, flags: view.getUint8(next + 1), mask: view.getUint32(next + 4, true), sid })
    next += size
  }
  return entries
}

/** The SID that begins at `at` and ends before `end`. */
function sidAt(view: DataView, at: number, end: number): string | undefined {
  if (at > end - 8 || end > view.byteLength || view.getUint8(at) !== 1) return undefined
  const count = view.getUint8(at + 1)
  if (count > SUB_AUTHORITIES_MAX || 8 + 4 * count > end - at) return undefined
  const authority = view.getUint16(at + 2) * 2 ** 32 + view.getUint32(at + 4)
  const parts = Array.from({ length: count }, (_, index) => view.getUint32(at + 8 + 4 * index, true))
  return ['S', 1, authority, ...parts].join('-')
}

/** SIDs that SDDL has letters for ("SID Strings"), as far as they concern us. */
const SID_LETTERS: Readonly<Record<string, string>> = {
  'S-1-1-0': 'WD',
  'S-1-3-0': 'CO',
  'S-1-3-4': 'OW',
  'S-1-5-11': 'AU',
  'S-1-5-18': 'SY',
  'S-1-5-19': 'LS',
  'S-1-5-20': 'NS',
  'S-1-5-32-544': 'BA',
  'S-1-5-32-545': 'BU',
  'S-1-15-2-1': 'AC',
}
const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [OBJECT_INHERIT, 'OI'],
  [CONTAINER_INHERIT, 'CI'],
  [NO_PROPAGATE, 'NP'],
  [INHERIT_ONLY, 'IO'],
  [INHERITED, 'ID'],
]
const TYPE_LETTERS: Readonly<Record<number, string>> = { [ALLOW]: 'A', [DENY]: 'D' }
const FULL_ACCESS = 0x1f01ff
const MASK_LETTERS: Readonly<Record<number, string>> = { [FULL_ACCESS]: 'FA', 131072: 'RC' }

const sidLetters = (sid: string) => SID_LETTERS[sid] ?? sid

function entryText({ type, flags, mask, sid }: AccessEntry): string {
  const flagText = FLAG_LETTERS.filter(([bit]) => flags & bit)
    .map(([, letters]) => letters)
    .join('')
  return `(${TYPE_LETTERS[type] ?? `type ${type}`};${flagText};${MASK_LETTERS[mask] ?? `0x${mask.toString(16)}`};;;${sidLetters(sid)})`
}

/** The descriptor in SDDL. An owner's group is not part of it, but for descriptors of ours, where it is the owner. */
export function sddlOf({ owner, isProtected, entries }: Descriptor): string {
  const list = entries === undefined ? 'NO_ACCESS_CONTROL' : entries.map(entryText).join('')
  return `${owner === undefined ? '' : `O:${sidLetters(owner)}G:${sidLetters(owner)}`}D:${isProtected ? 'P' : ''}${list}`
}

const ADMINISTRATORS = 'S-1-5-32-544'
const LOCAL_SYSTEM = 'S-1-5-18'

/** Whether two descriptors say the same: the same entries in the same order, and an owner who is trusted where one is wanted. */
export function sameAccess(found: Descriptor, wanted: Descriptor): boolean {
  if (!isTrustedOwner(found.owner) || found.isProtected !== wanted.isProtected) return false
  const a = found.entries
  const b = wanted.entries
  if (a === undefined || b === undefined) return a === b
  return a.length === b.length && a.every((entry, index) => sameEntry(entry, b[index]!))
}

const sameEntry = (a: AccessEntry, b: AccessEntry) => a.type === b.type && a.flags === b.flags && a.mask === b.mask && a.sid === b.sid

/** Whether nobody but administrators can have made it: what SYSTEM and elevated administrators make belongs to one of these. */
export function isTrustedOwner(owner: string | undefined): boolean {
  return owner === ADMINISTRATORS || owner === LOCAL_SYSTEM
}
