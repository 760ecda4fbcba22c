// Around all tests of the project: the Wine prefix is ours alone, up to date and warm; no Wine process is left behind.

import { take } from '../../scripts/lib/lock.mjs'
import { wine64 } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

export default async function setup(): Promise<() => void> {
  const release = await take('wine')
  await ensureWinePrefix()
  wine64.keepWarm()
  return () => {
    wine64.stop()
    release()
  }
}
