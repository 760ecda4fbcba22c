// What the verbs about the machine share: this Windows machine, and the DLLs of this package.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Machine } from '../model/machine.ts'
import { type PackageDlls, readPackageDlls } from '../windows/dlls.ts'

/**
 * This machine.
 * @throws Error on another system than Windows.
 */
export async function thisMachine(verb: string): Promise<Machine> {
  if (process.platform !== 'win32') throw new Error(`mprtap ${verb} works on Windows only; this is ${process.platform}.`)
  const { windowsMachine } = await import('../system/machine.ts')
  return windowsMachine()
}

/** Where the DLLs lie, seen from the bundle, its parts, and the sources. */
const PLACES = ['dll', '../dll', '../../build/dll']

/** @throws Error when the package is not whole. */
export function packageDlls(): PackageDlls {
  const places = PLACES.map((place) => resolve(import.meta.dirname, place))
  return readPackageDlls(places.find((place) => existsSync(join(place, 'manifest.json'))) ?? places[0]!)
}

/** The command line that starts this program again. */
export function ownCommand(...args: string[]): string {
  return [process.execPath, resolve(process.argv[1] ?? ''), ...args].map((word) => (/[\s"]/.test(word) ? `"${word}"` : word)).join(' ')
}
