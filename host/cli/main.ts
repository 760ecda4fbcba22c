#!/usr/bin/env node
import { run } from './program.ts'

/** Ctrl-C, a request to end, a terminal or console that was closed, and Ctrl-Break on Windows. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const

// The first signal ends the work in good order. The second one finds no listener any more and ends the process.
const stop = new AbortController()
function onSignal(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
  stop.abort()
}
for (const signal of SIGNALS) process.on(signal, onSignal)

// Standard error may go away as well. Then nobody is there to tell.
process.stderr.on('error', () => {})

const { stdin, stdout, stderr, env } = process
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env, stop: stop.signal })
