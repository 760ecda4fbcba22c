// What a Windows service runs: reads as a named consumer, so that it goes on where it ended, and ends in good order when it is told to.
// Wrap it with WinSW or NSSM (docs/deployment.md), or run `mprtap record`, which does the keeping by itself.
//   node windows-service.mjs FILE [SOURCE…]
import { appendFile } from 'node:fs/promises'
import { openTap, operationJson } from 'mprtap'

const [file, ...sources] = process.argv.slice(2)
const stop = new AbortController()
// Service managers send Ctrl-C (SIGINT) or Ctrl-Break (SIGBREAK) to a program of the console, and kill it when it does not end in time.
for (const signal of ['SIGINT', 'SIGBREAK', 'SIGTERM']) process.on(signal, () => stop.abort())

const tap = await openTap({
  sources,
  from: { consumer: 'service' },
  signal: stop.signal,
  onDiagnostic: ({ code, text }) => console.error(code, text),
})
console.log('started')
for await (const batch of tap.batches()) {
  await appendFile(
    file,
    batch
      .objects()
      .map((operation) => `${operationJson(operation)}\n`)
      .join(''),
  )
  // Only now: what was not written is read again after a crash.
  batch.acknowledge()
}
await tap.close()
console.log('stopped')
