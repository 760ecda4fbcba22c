// Each program of examples/, run as it stands where the package is installed.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OperationInput, writeOperation, writeRings } from '../../host/testing/index.ts'
import { environmentOutside } from '../../scripts/lib/npm.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { hasTools, tool } from '../../scripts/lib/tools.mjs'
import { UserFolder } from './user.ts'

let user: UserFolder
let rings: string
const running: { kill(): void }[] = []
beforeEach(() => {
  user = new UserFolder()
  rings = join(user.path, 'rings')
  mkdirSync(join(user.path, 'node_modules'))
  for (const name of ['fastify', 'pino', 'prom-client', '@opentelemetry'])
    if (existsSync(tool('package', name))) symlinkSync(tool('package', name), join(user.path, 'node_modules', name))
  for (const name of readdirSync(inRoot('examples'))) copyFileSync(inRoot('examples', name), join(user.path, name))
})
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
const write = (operation: OperationInput = {}) => writeOperation(rings, operation)

/** Runs an example to its end. */
function run(name: string, ...args: string[]) {
  const { status, stdout, stderr } = user.run(process.execPath, name, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** Starts an example that goes on by itself. */
function start(name: string, ...args: string[]) {
  const child = spawn(process.execPath, [name, ...args], {
    cwd: user.path,
    env: environmentOutside(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push({ kill: () => child.kill('SIGKILL') })
  let text = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    for (const look of waiting) look()
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    /** Resolves with what the pattern finds in the output. */
    says: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve) => {
        const look = () => {
          const found = pattern.exec(text)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Writes until somebody says that it came: a program that starts to read `now` may have missed the first. */
async function writeUntil(came: Promise<unknown>, operation: OperationInput): Promise<void> {
  let isThere = false
  void came.then(() => {
    isThere = true
  })
  while (!isThere) {
    write(operation)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

it('five lines of watching', async () => {
  write()
  const program = start('watch.mjs', 'rings')
  await writeUntil(program.says(/^\\\\fs01\\gone ERROR_BAD_NETPATH 5$/m), { remoteName: '\\\\fs01\\gone', outcome: 'failed' })
  expect(readFileSync(inRoot('examples/watch.mjs'), 'utf8').split('\n').slice(1).filter(Boolean).length).toBeLessThanOrEqual(5)
})

describe.runIf(hasTools('package'))('with libraries', () => {
  it('Fastify sends events as they happen, and ends in good order', async () => {
    write()
    const program = start('fastify.mjs', '0', 'rings')
    const [, port] = await program.says(/port (\d+)/)
    const response = await fetch(`http://127.0.0.1:${port}/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    const came = (async () => {
      for await (const chunk of response.body!) {
        text += Buffer.from(chunk).toString()
        if (text.includes('data: ')) return
      }
    })()
    await writeUntil(came, { remoteName: '\\\\fs01\\home' })
    expect(JSON.parse(/^data: (.*)$/m.exec(text)![1]!)).toMatchObject({ remoteName: '\\\\fs01\\home', outcome: 'succeeded' })
    expect(await program.stop()).toBe(0)
  })

  it('pino: a failure is a warning', () => {
    write({ outcome: 'failed', remoteName: '\\\\fs01\\\u001b[31m' })
    write()
    const lines = run('pino.mjs', 'rings')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { level: 40, msg: 'add \\\\fs01\\<U+001B>[31m failed', operation: { status: 53 } },
      { level: 30, msg: 'add \\\\server\\share succeeded' },
    ])
  })

  it('OpenTelemetry: a span has the true begin and duration', () => {
    write({ time: Date.UTC(2026, 1, 3), durationMs: 1500, outcome: 'failed' })
    const stdout = run('opentelemetry.mjs', 'rings')
    expect(stdout).toContain("name: 'add connection'")
    expect(stdout).toMatch(/timestamp: 1770076800000000,\s+duration: 1500000/)
    expect(stdout).toContain("message: 'ERROR_BAD_NETPATH'")
  })

  it('Prometheus: counters by kind and outcome, durations, losses', async () => {
    write()
    const program = start('prometheus.mjs', '0', 'rings')
    const [, port] = await program.says(/port (\d+)/)
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
    const came = (async () => {
      while (!/connection_operations_total\{kind="add",outcome="failed"\} [1-9]/.test(await scrape()));
    })()
    await writeUntil(came, { outcome: 'failed' })
    expect(await scrape()).toMatch(/^connection_duration_seconds_bucket\{le="0.01"\} [1-9]/m)
    expect(await scrape()).toContain('connection_records_lost 0')
    expect(await program.stop()).toBe(0)
  })
})

it('Electron: the main process hands on plain objects, and makes no ArrayBuffer outside the heap of JavaScript', () => {
  write({ remoteName: '\\\\fs01\\home' })
  // What Electron forbids, Node can forbid too: views of foreign memory.
  user.write(
    'no-external-buffers.cjs',
    `const koffi = require('koffi')\nkoffi.view = () => { throw new Error('External buffers are not allowed') }\n`,
  )
  user.write(
    'main.mjs',
    `import { EventEmitter } from 'node:events'
    import { sendOperations } from './electron-main.mjs'
    const contents = Object.assign(new EventEmitter(), {
      send(channel, operations) {
        // What IPC does with it.
        console.log(channel, structuredClone(operations)[0].remoteName)
        this.emit('destroyed')
      },
    })
    await sendOperations(contents, { sources: ['rings'], from: 'oldest' })`,
  )
  expect(run('--require', './no-external-buffers.cjs', 'main.mjs')).toBe('operations \\\\fs01\\home\n')
})

it('a policy: a foreign server, a script that keeps a connection, a share of administrators', () => {
  write({ remoteName: '\\\\fs01\\home' })
  write({ remoteName: '\\\\elsewhere\\x' })
  write({ remoteName: '\\\\fs02\\kept', flags: 1, process: { image: 'wscript.exe' } })
  write({ remoteName: '\\\\fs01\\C$' })
  const told = run('policy-alarm.mjs', 'rings')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).remoteName)
  expect(told).toEqual(['\\\\elsewhere\\x', '\\\\fs02\\kept', '\\\\fs01\\C$'])
})

it('a service goes on where it ended', async () => {
  write({ remoteName: '\\\\a\\1' })
  const file = join(user.path, 'kept.ndjson')
  const kept = () =>
    (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []).map((line) => JSON.parse(line).remoteName)
  const until = async (count: number) => {
    while (kept().length < count) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const first = start('windows-service.mjs', file, 'rings')
  await until(1)
  expect(await first.stop()).toBe(0)
  write({ remoteName: '\\\\b\\2' })
  const second = start('windows-service.mjs', file, 'rings')
  await until(2)
  await second.says(/started/)
  expect(await second.stop()).toBe(0)
  expect(kept()).toEqual(['\\\\a\\1', '\\\\b\\2'])
})

it('a worker counts, the main thread prints', () => {
  writeRings(rings, { operations: 200, seed: 1, users: 2 })
  expect(run('worker.mjs', 'rings')).toMatch(/│ operations │ failed │/)
})

it('a capture is read on Linux', () => {
  writeRings(rings, { operations: 500, seed: 1, users: 2 })
  const recorded = user.run('npx', '--no-install', 'mprtap', 'record', '--to', 'kept/logons.pcapng', '--duration', '2', 'rings')
  const [file] = existsSync(join(user.path, 'kept')) ? readdirSync(join(user.path, 'kept')).filter((name) => name.endsWith('.pcapng')) : []
  expect(file, recorded.stderr).toBeDefined()
  const stdout = run('capture.mjs', join('kept', file!))
  expect(stdout).toMatch(/: \d+ operations, \d+ failed, slowest \d+ ms/)
  expect(stdout).toMatch(/most frequent error: /)
})

it('every example has a test here', () => {
  const tests = readFileSync(import.meta.filename, 'utf8')
  for (const name of readdirSync(inRoot('examples')).filter((each) => each.endsWith('.mjs')))
    expect(tests).toContain(`'${name}'`.replace("'electron-main.mjs'", './electron-main.mjs'))
})
