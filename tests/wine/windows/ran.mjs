// Runs the command in Node for Windows and says how it ended: Wine hands on the low eight bits of an exit code only.
import { spawnSync } from 'node:child_process'

const { status, stdout, stderr } = spawnSync(process.execPath, process.argv.slice(2), { encoding: 'utf8', timeout: 60_000 })
process.stdout.write(JSON.stringify({ status, stdout, stderr }))
