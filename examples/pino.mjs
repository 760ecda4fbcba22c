// Connections in a program's own log; `operationJson()` has pino's habits already, this adds them to a logger that is there.
//   node pino.mjs [SOURCE…]
import { openTap, safeText } from 'mprtap'
import pino from 'pino'

const log = pino({ name: 'connections' }, pino.destination({ sync: true }))
const tap = await openTap({
  sources: process.argv.slice(2),
  follow: process.argv.length === 2,
  onLoss: ({ ring, lost }) => log.warn({ ring, lost }, 'records were lost'),
  onDiagnostic: ({ code, path, text }) => log.warn({ code, path }, text),
})
for await (const operation of tap) {
  const { time: _, type, ...fields } = operation
  const level = operation.outcome === 'failed' ? 'warn' : 'info'
  log[level]({ [type]: fields }, `${operation.kind} ${safeText(operation.remoteName ?? '-')} ${operation.outcome}`)
}
