// Whom somebody means who names one user: a SID, or an account's name.

import { MprtapError } from '../model/errors.ts'
import { sidsInCaptures } from '../recording/prune-captures.ts'
import { findSid } from '../system/accounts.ts'

const SID = /^S-\d/i

/**
 * The SID of a user. Windows is asked first, then the captures, which know accounts that are gone.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when nobody knows the name, or it is the name of several.
 */
export async function sidOfUser(user: string, captures: readonly string[]): Promise<string> {
  if (SID.test(user)) return user
  const found = await findSid(user)
  if (found !== undefined && found !== 'late' && found !== 'nobody') return found
  const sids = [...(await sidsInCaptures(captures, user))].sort()
  if (sids.length === 1) return sids[0]!
  const name = JSON.stringify(user)
  const text =
    sids.length > 1
      ? `Captures call several accounts ${name}: ${sids.join(', ')}. Give the SID of the one that is meant.`
      : `Nobody knows an account ${name}: neither Windows nor a capture does. Give the SID.`
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', text)
}
