import { invalidOption } from './options.ts'

/**
 * The CONNECT_* bits of winnetwk.h, which NOTIFYADD.dwAddFlags and NOTIFYCANCEL.dwFlags carry. Only the first five are documented for
 * notifications; providers and callers use the others too, so all are named and none is hidden.
 */
export const CONNECT_FLAGS = [
  [0x00000001, 'CONNECT_UPDATE_PROFILE'],
  [0x00000002, 'CONNECT_UPDATE_RECENT'],
  [0x00000004, 'CONNECT_TEMPORARY'],
  [0x00000008, 'CONNECT_INTERACTIVE'],
  [0x00000010, 'CONNECT_PROMPT'],
  [0x00000020, 'CONNECT_NEED_DRIVE'],
  [0x00000040, 'CONNECT_REFCOUNT'],
  [0x00000080, 'CONNECT_REDIRECT'],
  [0x00000100, 'CONNECT_LOCALDRIVE'],
  [0x00000200, 'CONNECT_CURRENT_MEDIA'],
  [0x00000400, 'CONNECT_DEFERRED'],
  [0x00000800, 'CONNECT_COMMANDLINE'],
  [0x00001000, 'CONNECT_CMD_SAVECRED'],
  [0x00002000, 'CONNECT_CRED_RESET'],
  [0x00004000, 'CONNECT_REQUIRE_INTEGRITY'],
  [0x00008000, 'CONNECT_REQUIRE_PRIVACY'],
  [0x00010000, 'CONNECT_WRITE_THROUGH_SEMANTICS'],
  // In one projection of the SDK, with the option of New-SmbMapping of that name; no longer in current ones.
  [0x00020000, 'CONNECT_COMPRESS_NETWORK_TRAFFIC'],
  [0x00040000, 'CONNECT_GLOBAL_MAPPING'],
] as const satisfies readonly (readonly [bit: number, name: string])[]

/** `CONNECT_*` as winnetwk.h has them. */
export type FlagName = (typeof CONNECT_FLAGS)[number][1]

/**
 * The names of the bits set in `flags`, lowest first. Bits without a name come last, together, as one hexadecimal number, so that
 * nothing that was passed is lost.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it is not a number.
 */
export function flagNames(flags: number): string[] {
  if (typeof flags !== 'number') invalidOption('flags', flags, 'a number')
  const names: string[] = []
  let rest = flags >>> 0
  for (const [bit, name] of CONNECT_FLAGS) {
    if ((rest & bit) === 0) continue
    names.push(name)
    rest = (rest & ~bit) >>> 0
  }
  if (rest !== 0) names.push(`0x${rest.toString(16).padStart(8, '0')}`)
  return names
}
