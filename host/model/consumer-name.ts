// The rules for the name of a consumer.

import { MprtapError } from './errors.ts'
import { isDeviceName } from './windows-path.ts'

/** Fit for a file name on every system, whatever it makes of case; a leading dot or dash would surprise. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$|^[a-z0-9]$/

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT when `name` is not a name of a consumer. */
export function checkConsumerName(name: unknown): asserts name is string {
  if (typeof name === 'string' && NAME.test(name) && !isDeviceName(name)) return
  const rule =
    'must be 1 to 64 of the characters a-z, 0-9, ".", "_" and "-", begin and end with a letter or digit, and not be a device name of Windows'
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `The consumer's name ${JSON.stringify(name)} is not one; it ${rule}.`)
}
