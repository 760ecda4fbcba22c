// koffi, loaded when it is first needed: `--help`, filters, captures and rings at rest work where no native code can be loaded.

// As a member: bundlers put something of their own where createRequire is imported by its name.
import nodeModule from 'node:module'
import type koffi from 'koffi'
import { MprtapError } from '../model/errors.ts'

type Koffi = typeof koffi

/** The versions that are known to work begin with this. */
const VERSION = '3.3.'

let loaded: Koffi | undefined

/** Bundled as CommonJS, or in a single executable, there is no import.meta: then files beside the program are found. */
const requireHere = () => nodeModule.createRequire(import.meta.url ?? process.argv[1] ?? process.execPath)

/** Where koffi is, for a process of its own. @throws Error when it is not installed. */
export function koffiPath(): string {
  return requireHere().resolve('koffi')
}

/** @throws MprtapError MPRTAP_NATIVE_MISSING when it cannot be loaded: not installed, for another platform, or forbidden. */
export function native(): Koffi {
  if (loaded) return loaded
  try {
    const koffi = requireHere()('koffi') as Koffi
    if (!koffi.version.startsWith(VERSION)) throw new Error(`it is ${koffi.version}, and ${VERSION}x is needed`)
    loaded = koffi
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
