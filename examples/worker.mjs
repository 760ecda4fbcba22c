// A worker reads and counts, so that the main thread is free; it hands over numbers, not events.   node worker.mjs [SOURCE…]
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2) })
  worker.on('message', (shares) => console.table(shares))
} else {
  const { openTap } = await import('mprtap')
  const tap = await openTap({ sources: workerData, follow: workerData.length === 0, statistics: true })
  const report = () => {
    const shares = tap.statistics('share').slice(0, 5)
    parentPort.postMessage(shares.map(({ key, operations, failed, durationMs }) => ({ key, operations, failed, p90: durationMs?.p90 })))
  }
  const timer = setInterval(report, 10_000)
  for await (const batch of tap.batches()) void batch
  clearInterval(timer)
  report()
}
