// Runs in Node for Windows: reads as a named consumer, and ends in the named way after its first operation, while the tap is open.
//   ending.mjs BUNDLE WAY      WAY: end, exit, throw, rejection, worker; or hold: goes on for good
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

const [bundle, way] = process.argv.slice(2)

if (way === 'worker' && isMainThread) {
  const worker = new Worker(fileURLToPath(import.meta.url), { argv: [bundle, 'hold'] })
  await once(worker, 'message')
  process.stdout.write(`terminated with ${await worker.terminate()}\n`)
} else {
  const { openTap } = await import(bundle)
  const tap = await openTap({ from: { consumer: 'ending' } })
  for await (const { remoteName } of tap) {
    if (way === 'hold') parentPort?.postMessage(remoteName)
    else process.stdout.write(`${remoteName}\n`)
    if (way === 'end') break
    if (way === 'exit') process.exit(7)
    if (way === 'throw') throw new Error('thrown by the program')
    if (way === 'rejection') Promise.reject(new Error('rejected by the program'))
  }
}
