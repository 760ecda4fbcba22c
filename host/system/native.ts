// koffi, loaded when it is first needed: `--help`, filters, captures and rings at rest work where no native code can be loaded.

import { createRequire } from 'node:module'
import type koffi from 'koffi'
import { MprtapError } from '../model/errors.ts'

type Koffi = typeof koffi

let loaded: Koffi | undefined

/** @throws MprtapError MPRTAP_NATIVE_MISSING when it cannot be loaded: not installed, for another platform, or forbidden. */
export function native(): Koffi {
  if (loaded) return loaded
  try {
    loaded = createRequire(import.meta.url)('koffi') as Koffi
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const where = `${process.platform} ${process.arch}`
    const why =
      code === 'ERR_DLOPEN_DISABLED' || code === 'ERR_ACCESS_DENIED'
        ? 'Node may not load it; allow native add-ons (--allow-addons)'
        : code === 'MODULE_NOT_FOUND'
          ? 'the package koffi is not installed; install it beside mprtap'
          : `${message.split('\n')[0]}; install koffi anew on this machine, for this Node`
    throw new MprtapError('MPRTAP_NATIVE_MISSING', `Live rings need native code (koffi for ${where}): ${why}. Rings at rest need none.`, {
      cause,
    })
  }
  return loaded
}

/** Whether there is native code. */
export function hasNative(): boolean {
  try {
    native()
    return true
  } catch {
    return false
  }
}
