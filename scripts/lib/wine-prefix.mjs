// The Wine prefix of the tests: Windows 10, our stand-in for MPR, the test network provider, and mprtap installed as a notifyee.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from './paths.mjs'
import { expandable, importRegistry, number, registryFile, text } from './registry.mjs'
import { fingerprint, unlessFresh } from './run.mjs'
import { bedDirectory, builtinMpr, ensureTestBed } from './test-bed.mjs'
import { keepWineWarm, mprtapDirectory, mustRunWine, stopWine, system32, winePrefix } from './wine.mjs'

const networkProvider = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\NetworkProvider'
const service = 'mprtaptest'

/** The value under Notifyees that makes MPR load the notifyee. */
export const notifyeeKeys = {
  [`${networkProvider}\\Notifyees`]: { mprtap: expandable('%SystemRoot%\\System32\\mprtap.dll') },
}

const registry = registryFile({
  ...notifyeeKeys,
  [`${networkProvider}\\Order`]: { ProviderOrder: text(service) },
  [`HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\${service}\\NetworkProvider`]: {
    Name: text('mprtap test network'),
    ProviderPath: expandable('%SystemRoot%\\System32\\testnp.dll'),
    Class: number(2),
  },
  // What `winecfg -v win10` writes, without its window: Node refuses to start on less.
  'HKEY_CURRENT_USER\\Software\\Wine': { Version: text('win10') },
  'HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides': { mpr: text('native,builtin') },
  // A program that crashes just ends: no debugger, no window.
  'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AeDebug': { Auto: text('1'), Debugger: text('') },
})

// mscoree and mshtml off: Wine would offer to download .NET and a browser. winemenubuilder off: nothing for the desktop.
const bootEnvironment = { WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=d' }

async function createPrefix() {
  if (existsSync(winePrefix)) stopWine()
  rmSync(winePrefix, { recursive: true, force: true })
  keepWineWarm()
  await mustRunWine('wineboot', ['-i'], { env: bootEnvironment, timeoutMs: 180_000 })
}

const sameContent = (a, b) => existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b))

/** Copies a file that differs. By renaming: a running program keeps the file that it has mapped. */
function install(from, to) {
  if (sameContent(from, to)) return
  copyFileSync(from, `${to}.new`)
  renameSync(`${to}.new`, to)
}

/** Copies the notifyee into the prefix, if it has been built. */
export function installNotifyee() {
  const built = inBuild('dll', 'x64', 'mprtap.dll')
  if (existsSync(built)) install(built, join(system32, 'mprtap.dll'))
}

/**
 * Makes the prefix, or brings it up to date. Needs Wine and the compilers; takes milliseconds when nothing changed.
 * @returns {Promise<boolean>} whether Wine ran, and its server may still do so: then call stopWine() when done with it
 */
export async function ensureWinePrefix() {
  const recipe = fingerprint([], [builtinMpr(), inRoot('scripts/lib/wine-prefix.mjs')])
  // The programs are compiled while Wine fills its prefix.
  const bed = ensureTestBed()
  const [created] = await Promise.all([unlessFresh(join(winePrefix, 'created'), recipe, createPrefix), bed])
  for (const name of ['mpr.dll', 'mprwine.dll', 'testnp.dll']) install(join(bedDirectory(), name), join(system32, name))
  for (const name of ['users', 'administrators']) mkdirSync(join(mprtapDirectory, name), { recursive: true })
  installNotifyee()
  const registered = await unlessFresh(join(winePrefix, 'registry'), fingerprint([registry], []), () => importRegistry(registry))
  return created || registered
}
