import { FORMAT_MAJOR, OWNER_SID_MAX } from '../../format/layout.ts'
import { invalidOption } from '../model/options.ts'
import { mustBeWhole } from './checks.ts'

const HEADER_BYTES = 8
const EXPECTED = 'a SID: S-1-<authority>-<sub-authority>…'
const MAX_SUB_AUTHORITIES = (OWNER_SID_MAX - HEADER_BYTES) / 4

/**
 * The binary form of a SID: revision, count, six bytes of authority with the highest first, then little-endian sub-authorities.
 *
 * @param sid for example `S-1-5-21-1004336348-1177238915-682003330-1108`
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when `sid` is not the string form of a SID.
 */
export function sidToBytes(sid: string): Uint8Array {
  if (typeof sid !== 'string') invalidOption('sid', sid, EXPECTED)
  const parts = /^S-1-(\d{1,10}|0x[0-9a-f]{12})((?:-\d{1,10})+)$/.exec(sid)
  const subAuthorities = parts?.[2]?.slice(1).split('-').map(Number) ?? []
  const authority = Number(parts?.[1])
  if (!parts || authority >= 2 ** 48 || subAuthorities.length > MAX_SUB_AUTHORITIES || subAuthorities.some((part) => part >= 2 ** 32)) {
    invalidOption('sid', sid, EXPECTED)
  }
  const bytes = new Uint8Array(HEADER_BYTES + 4 * subAuthorities.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint8(1, subAuthorities.length)
  view.setUint16(2, Math.floor(authority / 2 ** 32))
  view.setUint32(4, authority % 2 ** 32)
  for (const [i, part] of subAuthorities.entries()) view.setUint32(HEADER_BYTES + 4 * i, part, true)
  return bytes
}

/**
 * The name of the ring of the owner `sid` (RING.md section 1).
 *
 * @param alternative 1 to 3 for the names used when somebody else's file has taken the first one.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when `sid` is not the string form of a SID, or there is no such alternative.
 */
export function ringFileName(sid: string, alternative = 0): string {
  sidToBytes(sid)
  mustBeWhole('alternative', alternative, 0, 3)
  return `${sid}.v${FORMAT_MAJOR}${alternative === 0 ? '' : `.${alternative}`}.ring`
}
