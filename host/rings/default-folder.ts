// The folder of this machine's rings.

import { MprtapError } from '../model/errors.ts'
import { directorySetting, isFixedDrive, systemDrive } from '../system/windows.ts'
import { isBaseFolder } from './base-folder.ts'

function windowsFolder(): string {
  const setting = directorySetting()
  if (setting === undefined) return `${systemDrive()}ProgramData\\mprtap`
  const path = 'text' in setting ? setting.text.replace(/\\$/, '') : ''
  if (isBaseFolder(path) && isFixedDrive(path.slice(0, 3))) return path
  const what = 'text' in setting ? `is "${setting.text}"` : `cannot be read (error ${setting.error})`
  const message = `The value "Directory" of HKLM\\SOFTWARE\\mprtap ${what}, so nothing is recorded: it has to be a REG_SZ with a plain path to a folder on a disk of this machine. Set it, or name the folder of the rings to be read.`
  throw new MprtapError('MPRTAP_FOLDER_MISSING', message)
}

/**
 * The folder that the notifyee DLL uses: what an administrator set, else `ProgramData\mprtap` on the drive of Windows. The environment has no
 * say, as in the DLL.
 * @throws MprtapError MPRTAP_FOLDER_MISSING where the setting is of no use; MPRTAP_INVALID_ARGUMENT where there is none by default.
 */
export function defaultFolder(): string {
  if (process.platform === 'win32') return windowsFolder()
  const message =
    'No source was given, and only Windows has rings of its own; name a folder that holds "users" and "administrators", or a ring.'
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', message)
}
