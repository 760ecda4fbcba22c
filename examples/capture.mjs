// A capture that `mprtap record` made on Windows, read anywhere: no Windows, no native code.   node capture.mjs FILE.pcapng
import { explainStatus, openTap } from 'mprtap'

const tap = await openTap({ sources: process.argv.slice(2), follow: false, statistics: true })
for await (const batch of tap.batches()) void batch
for (const { key, operations, failed, durationMs } of tap.statistics('server').slice(0, 3))
  console.log(`${key}: ${operations} operations, ${failed} failed, slowest ${Math.round(durationMs?.max ?? 0)} ms`)
const [worst] = tap.statistics('error')
if (worst) console.log(`most frequent error: ${worst.key} (${worst.operations} times)`)
console.log(explainStatus(53)?.meaning)
