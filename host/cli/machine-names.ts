// The names that stand in what the verbs about a machine say: of programs, of DLLs of others, of people who may change files.

import type { Machine } from '../model/machine.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { PackageDlls } from '../windows/dlls.ts'
import { auditNotifyees } from '../windows/notifyees.ts'
import { status } from '../windows/status.ts'

/** Network providers of Windows itself, and what is ours. */
const COMMON_NAME = /^(?:mprtap|LanmanWorkstation|RDPNP|WebClient|P9NP|NfsNP|ProviderOrder)$/i
const COMMON_PRODUCT = /^(?:mprtap|Microsoft® Windows® Operating System)$/i

/** From now on sentences have pseudonyms for the names that this machine's registry, files and programs have. */
export function hideNamesOf(machine: Machine, dlls: PackageDlls, redactor: Redactor): void {
  const path = (name: string | undefined) => name?.includes('\\') && redactor.hide(name, redactor.path(name))
  const { folder, places, loaded, registration } = status(machine, dlls)
  for (const name of [folder, registration.value, ...places.map((place) => place.path)]) path(name)
  for (const { image, path: from } of loaded) {
    path(from)
    redactor.hideWord(image, redactor.imageName(image))
  }
  for (const { name, text, files } of auditNotifyees(machine)) {
    path(text)
    if (!COMMON_NAME.test(name)) redactor.hideWord(name, redactor.share(name))
    for (const { path: file, product, writableBy } of files) {
      path(file)
      if (product !== undefined && !COMMON_PRODUCT.test(product)) redactor.hideWord(product, redactor.share(product))
      for (const { path: place, names } of writableBy) {
        path(place)
        for (const who of names) if (!/^S-1-/.test(who)) redactor.hideWord(who, redactor.user(who))
      }
    }
  }
}
