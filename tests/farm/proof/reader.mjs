// A reader with a part of the stream, which may be killed at any moment: node reader.mjs FILE, with its settings as JSON. What it reads is in a file, synced,
// before it is acknowledged. After a kill between the two, records come again, and it knows them by their ids.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { openTap } from '../../../build/index.js'

const { url, partitions, consumer, checkpoints, results, stopFile } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

/** The lines of an earlier process; the last one may have been cut. */
function earlier() {
  if (!existsSync(results)) return []
  const text = readFileSync(results, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  truncateSync(results, Buffer.byteLength(whole))
  return whole.split('\n').slice(0, -1)
}

const known = new Set(earlier())
const file = openSync(results, 'a', 0o600)
let lines = []
const add = (line) => {
  if (known.has(line)) return
  known.add(line)
  lines.push(`${line}\n`)
}
const tap = await openTap({
  sources: [`${url}/MPRTAP?partitions=${partitions}`],
  level: 'notification',
  from: { consumer },
  checkpointFolder: checkpoints,
  onLoss: (loss) => add(JSON.stringify({ loss })),
  onDiagnostic: ({ text }) => process.stderr.write(`reader of ${partitions}: ${text}\n`),
})
const looking = setInterval(() => existsSync(stopFile) && tap.close(), 200)
function keep() {
  if (lines.length === 0) return
  writeSync(file, lines.join(''))
  fsyncSync(file)
  lines = []
}
for await (const batch of tap.batches()) {
  for (const {
    host,
    id,
    sequence,
    process: { id: number },
    remoteName,
  } of batch.objects())
    add(JSON.stringify({ host, id, sequence, process: { id: number }, remoteName }))
  keep()
  batch.acknowledge()
}
keep()
clearInterval(looking)
closeSync(file)
