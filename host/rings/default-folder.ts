// The folder of this machine's rings.

import { MprtapError } from '../model/errors.ts'
import { windowsRingDirectory } from '../system/windows.ts'

/**
 * The folder that the notifyee DLL uses.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT where there is none.
 */
export function defaultFolder(): string {
  if (process.platform === 'win32') return windowsRingDirectory()
  const message = 'No directory was given and only Windows has a default one; name the directory that holds "users" and "administrators".'
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', message)
}
