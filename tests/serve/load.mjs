// node tests/serve/load.mjs [--clients 200] [--rate 5000] [--seconds 30]
// A real "mprtap serve" under load: many browsers, some of which do not read, a few filters, and a generator that writes so many operations a second.
// The last line is a JSON object with what was counted. Exit code 1: the tap lost a record, or a browser was not told how many rows it did not get.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const CLI = join(import.meta.dirname, '../../build/cli.js')
const FILTERS = ['outcome == "failed"', 'durationMs > 100ms', 'kind == "cancel"']
/** One browser in so many does not read while operations happen; one in so many looks through a filter. */
const SLOW_EVERY = 10
const FILTERED_EVERY = 4
const LOOK_MS = 200

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '30' },
  },
})
const [clients, rate, seconds] = [values.clients, values.rate, values.seconds].map(Number)

/** One browser: a connection, and what it was told. */
class Browser {
  rows = 0
  skipped = 0
  refused = 0
  bytes = 0
  /** What the server says of all operations. */
  total = 0
  filter
  #rest = ''
  #socket

  constructor(port, token, filter) {
    this.filter = filter
    const path = `/events?filter=${encodeURIComponent(filter)}`
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    this.#socket.setEncoding('latin1').on('data', (text) => this.#take(text))
    this.#socket.on('error', () => {})
  }

  #take(text) {
    this.bytes += text.length
    const all = this.#rest + text
    // An event ends with an empty line; the length of an HTTP chunk may stand before it.
    let from = 0
    for (let end = all.indexOf('\n\n'); end >= 0; end = all.indexOf('\n\n', from)) {
      const begin = all.indexOf('event: ', from)
      if (begin >= 0 && begin < end) this.#event(all, begin + 'event: '.length, end)
      from = end + 2
    }
    this.#rest = all.slice(from)
  }

  #event(all, begin, end) {
    if (all.startsWith('operation\n', begin)) this.rows++
    else if (all.startsWith('refused\n', begin)) this.refused++
    else {
      const [name, data = ''] = all.slice(begin, end).split('\n')
      if (name === 'skipped') this.skipped += JSON.parse(data.slice(6)).rows
      if (name === 'now') this.total = JSON.parse(data.slice(6)).totals.operations
    }
  }

  get hasBegun() {
    return this.#rest !== '' || this.bytes > 0
  }

  pause() {
    this.#socket.pause()
  }

  resume() {
    this.#socket.resume()
  }

  close() {
    this.#socket.destroy()
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function until(condition) {
  while (!condition()) await pause(20)
}
function processOf(...args) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = { child, text: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (told.text += text))
  return told
}
/** Processor time of a process, seconds: user and system, in ticks of a hundredth (proc(5)). */
const processorSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const megabytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

const folder = mkdtempSync(join(tmpdir(), 'mprtap-load-'))
const rings = join(folder, 'rings')
mkdirSync(join(rings, 'users'), { recursive: true })
const serve = processOf('serve', '--token-file', join(folder, 'token'), rings)
let generate
try {
  await until(() => serve.text.includes('Metrics:'))
  const port = Number(/127\.0\.0\.1:(\d+)\/metrics/.exec(serve.text)[1])
  const token = readFileSync(join(folder, 'token'), 'utf8').trim()
  const metric = async (name) => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
    const text = await response.text()
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  const filterOf = (i) => (i % FILTERED_EVERY === 0 ? FILTERS[(i / FILTERED_EVERY) % FILTERS.length] : '')
  const browsers = Array.from({ length: clients }, (_, i) => new Browser(port, token, filterOf(i)))
  await until(() => browsers.every(({ hasBegun }) => hasBegun))
  const slow = browsers.filter((_, i) => i % SLOW_EVERY === 1)
  for (const browser of slow) browser.pause()

  let most = 0
  const looking = setInterval(() => (most = Math.max(most, megabytes(serve.child.pid))), LOOK_MS)
  generate = processOf('generate', '--folder', rings, '--slots-log2', '14', '--follow', String(rate))
  await once(generate.child.stdout, 'data')
  const begun = performance.now()
  await pause(1000 * seconds)
  // It ends in good order and says what it wrote.
  generate.child.kill('SIGTERM')
  await once(generate.child, 'exit')
  const took = (performance.now() - begun) / 1000
  const records = Number(/(\d+) notifications/.exec(generate.text)[1])
  while ((await metric('mprtap_records_total')) + (await metric('mprtap_lost_records_total')) < records) await pause(100)
  for (const browser of slow) browser.resume()
  // The next state says what was skipped since the last one.
  const finished = await metric('mprtap_operations_total')
  const seen = ({ rows, skipped }) => rows + skipped
  const isTold = (browser) => browser.total === finished && (browser.filter !== '' || seen(browser) >= finished)
  const deadline = performance.now() + 30_000
  await until(() => browsers.every(isTold) || performance.now() > deadline)
  clearInterval(looking)

  const whole = browsers.filter(({ filter }) => filter === '')
  const filtered = FILTERS.map((filter) => browsers.filter((browser) => browser.filter === filter && !slow.includes(browser)).map(seen))
  const result = {
    clients,
    seconds: Math.round(took),
    operations: finished,
    operationsPerSecond: Math.round(finished / took),
    records,
    lost: await metric('mprtap_lost_records_total'),
    refused: browsers.reduce((sum, { refused }) => sum + refused, 0),
    /** Browsers without a filter for which rows and skipped ones are not all operations. */
    wronglyTold: whole.filter((browser) => seen(browser) !== finished).length,
    /** Browsers with one filter were not all told of the same number. */
    unequal: filtered.filter((counts) => new Set(counts).size > 1).length,
    slow: slow.length,
    skippedByASlowOne: Math.max(...slow.filter(({ filter }) => filter === '').map(({ skipped }) => skipped)),
    rowsPerSecond: Math.round(Math.max(...whole.map(({ rows }) => rows)) / took),
    serveProcessorSeconds: processorSeconds(serve.child.pid),
    browsersProcessorSeconds: Math.round(process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6),
    rssMegabytes: Math.round(most),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const isGood = result.lost === 0 && result.refused === 0 && result.wronglyTold === 0 && result.unequal === 0
  process.exitCode = isGood ? 0 : 1
  for (const browser of browsers) browser.close()
} finally {
  for (const started of [generate, serve]) if (started && started.child.exitCode === null) started.child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
