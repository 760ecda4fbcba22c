// npm run bench -- scale [--records=N]: many rings, many writers, many records.

import { environment } from '../lib/environment.ts'
import { withFolder } from '../lib/rings.ts'
import type { Figure } from './figure.ts'
import { idleCpu, idleTimer, passCost } from './many-rings.ts'
import { memoryOver } from './memory.ts'
import { sustainedRate } from './rate.ts'

const quick = process.argv.includes('--quick')
const records = Number(/--records=(\d+)/.exec(process.argv.join(' '))?.[1] ?? (quick ? 2_000_000 : 20_000_000))
const tell = (text: string) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))

const figures = await withFolder(async (folder) => {
  const found: Figure[] = []
  for (const rings of [1, 10, 100, 1000]) {
    tell(`a pass over ${rings} rings`)
    found.push(passCost(folder, rings, quick ? 50 : 300))
  }
  tell('an idle timer')
  found.push(await idleTimer(quick ? 4 : 28))
  for (const rings of [1, 1000]) {
    tell(`an idle tap with ${rings} rings`)
    found.push(await idleCpu(folder, rings, quick ? 4 : 28))
  }
  for (const slotsLog2 of [10, 16]) {
    for (const writers of quick ? [1, 4, 8] : [1, 2, 3, 4, 5, 6, 7, 8]) {
      tell(`${writers} writers, 2^${slotsLog2} slots`)
      found.push(await sustainedRate(folder, writers, slotsLog2, quick ? 0.3 : 0.5))
    }
  }
  tell(`${records} records`)
  found.push(...(await memoryOver(folder, records)))
  tell('')
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
