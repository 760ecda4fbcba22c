// Around all tests of the project: the Wine prefix is ours alone, up to date and warm; no Wine process is left behind.

import { take } from '../../scripts/lib/lock.mjs'
import { importRegistry, registryFile, removed } from '../../scripts/lib/registry.mjs'
import { wine64 } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

export default async function setup(): Promise<() => void> {
  const release = await take('wine')
  await ensureWinePrefix()
  wine64.keepWarm()
  // A run that was killed may have left a directory of its own in the registry.
  await importRegistry(registryFile({ 'HKEY_LOCAL_MACHINE\\SOFTWARE\\mprtap': { Directory: removed() } }))
  return () => {
    wine64.stop()
    release()
  }
}
