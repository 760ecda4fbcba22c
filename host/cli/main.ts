#!/usr/bin/env node
import { run } from './program.ts'

// The first Ctrl-C ends the work in an orderly way; the second one, with no listener left, ends the process.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// Where standard error goes may go away as well; there is nobody left to tell.
process.stderr.on('error', () => {})

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  stop: stop.signal,
})
