// A redactor for sources: it knows what of this machine must not come up in a sentence.

import { homedir, hostname, userInfo } from 'node:os'
import { makeKeyFile, readKeyFile } from './key-file.ts'
import { Redactor } from './redactor.ts'

/**
 * @param keyFile the path of a key file. @param isNew it is made. @param paths that are named: sentences call them source 1, source 2 …
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the key file cannot be read or made.
 */
export function openRedactor(keyFile: string, isNew = false, paths: readonly string[] = []): Redactor {
  const redactor = new Redactor(isNew ? makeKeyFile(keyFile) : readKeyFile(keyFile))
  for (const [i, path] of paths.entries()) redactor.hide(path, `source ${i + 1}`)
  redactor.hide(keyFile, 'the key file')
  redactor.hide(homedir(), '~')
  redactor.hide(hostname(), redactor.host(hostname()))
  try {
    const { username } = userInfo()
    // A word such as root is in other words too.
    if (!/^(?:root|administrator|system)$/i.test(username)) redactor.hide(username, redactor.user(username))
  } catch {
    // An account without a name.
  }
  return redactor
}
