// As ../prefix.ts, for the 32-bit tier.

import { take } from '../../../scripts/lib/lock.mjs'
import { ensureWine32, wine32 } from '../../../scripts/lib/wine32.mjs'

export default async function setup(): Promise<() => void> {
  const release = await take('wine')
  await ensureWine32()
  wine32.keepWarm()
  return () => {
    wine32.stop()
    release()
  }
}
