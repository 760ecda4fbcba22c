// The Wine prefix of the tests: Windows 10, our stand-in for MPR, the test network provider, and mprtap installed as a notifyee.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from './paths.mjs'
import { expandable, importRegistry, number, registryFile, text } from './registry.mjs'
import { fingerprint, unlessFresh } from './run.mjs'
import { bedDirectory, builtinMpr, ensureTestBed } from './test-bed.mjs'
import { wine64 } from './wine.mjs'

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

async function createPrefix(wine) {
  if (existsSync(wine.prefix)) wine.stop()
  rmSync(wine.prefix, { recursive: true, force: true })
  wine.keepWarm()
  await wine.mustRun('wineboot', ['-i'], { env: bootEnvironment, timeoutMs: 420_000 })
}

const sameContent = (a, b) => existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b))

/** Copies a file that differs. By renaming: a running program keeps the file that it has mapped. */
function install(from, to) {
  if (sameContent(from, to)) return
  copyFileSync(from, `${to}.new`)
  renameSync(`${to}.new`, to)
}

/** Copies the notifyee into a prefix, if it has been built. */
export function installNotifyee(wine = wine64, architecture = 'x64') {
  const built = inBuild('dll', architecture, 'mprtap.dll')
  if (existsSync(built)) install(built, join(wine.system32, 'mprtap.dll'))
}

/**
 * Makes a prefix, or brings it up to date. Needs Wine and the compilers; takes milliseconds when nothing changed.
 * @returns {Promise<boolean>} whether Wine ran, and its server may still do so: then call stop() when done with it
 */
export async function ensureWinePrefix(wine = wine64, architecture = 'x64') {
  const recipe = fingerprint([], [builtinMpr(architecture), inRoot('scripts/lib/wine-prefix.mjs')])
  // The programs are compiled while Wine fills its prefix.
  const bed = ensureTestBed(architecture)
  const [created] = await Promise.all([unlessFresh(join(wine.prefix, 'created'), recipe, () => createPrefix(wine)), bed])
  for (const name of ['mpr.dll', 'mprwine.dll', 'testnp.dll']) install(join(bedDirectory(architecture), name), join(wine.system32, name))
  for (const name of ['users', 'administrators']) mkdirSync(join(wine.mprtapDirectory, name), { recursive: true })
  installNotifyee(wine, architecture)
  const imported = fingerprint([registry], [])
  const registered = await unlessFresh(join(wine.prefix, 'registry'), imported, () => importRegistry(registry, wine))
  return created || registered
}
