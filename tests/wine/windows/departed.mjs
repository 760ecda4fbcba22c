// Runs in Node for Windows: starts a program that maps a share whose server takes its time, ends it meanwhile, and says how the operation ended.
// departed.mjs BUNDLE PROGRAM SCRIPT
import { spawn } from 'node:child_process'

const [bundle, program, script] = process.argv.slice(2)
const { openTap } = await import(bundle)
const tap = await openTap()
const child = spawn(program, ['--script', script], { stdio: 'ignore' })
const kill = setInterval(() => tap.stats().waiting === 1 && child.kill(), 50)
// Its PRE is read as soon as somebody asks for events.
for await (const { remoteName, outcome, status, durationMs, process: mapper } of tap) {
  process.stdout.write(JSON.stringify({ remoteName, outcome, status, durationMs, ofTheChild: mapper.id === child.pid }))
  break
}
clearInterval(kill)
