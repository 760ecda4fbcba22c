// The reader at the other end of a socket or pipe: takes lines of JSON, parses each, and says how many there were.
//   node server.mjs PATH
// Runs in Node for Linux and for Windows. Ends when the writer does.
import { createServer } from 'node:net'

let events = 0
let bytes = 0
let rest = ''
const server = createServer((writer) => {
  writer.setEncoding('utf8')
  writer.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const event = JSON.parse(line)
      events++
      bytes += event.remoteName.length
    }
  })
  writer.on('error', () => {})
  writer.on('close', () => {
    process.stdout.write(`received ${events} events, ${bytes} units of names\n`)
    server.close()
  })
})
server.listen(process.argv[2], () => process.stdout.write('listening\n'))
