// A tap of a named consumer, in a process that will be killed. Before it asks for more, it appends what it got to a log:
//
//   reader.mjs INDEX_JS RINGS_DIRECTORY LOG events|batches
//
// Now and then it dawdles in between: what it has in hand then must not count as delivered, should it be killed.
//
// The log is a row of 8-byte words: an entry begins with its type and ends where the next one begins (judge.mjs reads it).
import { openSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { isWhole } from './content.mjs'
import { LOG_BEAT, LOG_COMPLAINT, LOG_LOSS, LOG_ROWS, LOG_TORN } from './log.mjs'

const [, , index, directory, logPath, mode] = process.argv
const { openTap } = await import(index)
const log = openSync(logPath, 'a')
const write = (...words) => writeSync(log, new Float64Array(words))
let dawdled = performance.now()
const dawdle = async () => {
  if (performance.now() - dawdled < 2000) return
  await delay(700)
  dawdled = performance.now()
}
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const tap = await openTap({
  sources: [directory],
  level: 'notification',
  from: { consumer: 'torture' },
  signal: stop.signal,
  // What writers could not record has no sequences.
  onLoss: ({ first, count }) => first !== undefined && write(LOG_LOSS, first, count),
  onDiagnostic: ({ text }) => {
    write(LOG_COMPLAINT)
    process.stderr.write(`reader: ${text}\n`)
  },
})
// That the event loop turns is what a watchdog outside can see. Nobody is left behind when the torture itself is ended.
const parent = process.ppid
setInterval(() => (process.ppid === parent ? write(LOG_BEAT) : process.kill(process.pid, 'SIGKILL')), 500).unref()

if (mode === 'events') {
  for await (const event of tap) {
    await dawdle()
    const { id, threadId } = event.process
    const whole = isWhole(id, threadId, { ...fieldsOf(event), image: event.process.image })
    write(whole ? LOG_ROWS : LOG_TORN, 1, event.sequence, id, threadId)
  }
} else {
  for await (const batch of tap.batches()) {
    const { columns, strings, length } = batch
    await dawdle()
    const words = new Float64Array(2 + 3 * length)
    words.set([LOG_ROWS, length])
    for (let row = 0; row < length; row++) {
      const id = columns.processId[row]
      const number = columns.threadId[row]
      const whole = isWhole(id, number, {
        flags: columns.flags[row],
        sessionId: columns.sessionId[row],
        phase: columns.phase[row] === 1 ? 'pre' : 'post',
        status: columns.status[row],
        remoteName: strings[columns.remoteName[row]],
        localName: strings[columns.localName[row]],
        image: strings[columns.image[row]],
      })
      if (!whole) write(LOG_TORN, 1, columns.sequence[row], id, number)
      words.set([columns.sequence[row], id, number], 2 + 3 * row)
    }
    writeSync(log, words)
    batch.acknowledge()
  }
}

function fieldsOf({ flags, sessionId, phase, status, remoteName, localName }) {
  return { flags, sessionId, phase, status, remoteName, localName }
}
