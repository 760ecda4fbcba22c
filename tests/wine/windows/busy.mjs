// Holds the lock of install and uninstall while the command runs, and says how that ended.
import { spawnSync } from 'node:child_process'
import { windowsMachine } from './windows-machine.js'

const machine = windowsMachine()
const release = machine.lock(`${machine.windowsFolder}\\System32\\mprtap.lock`)
const busy = spawnSync(process.execPath, ['cli.js', 'install', '--json'], { cwd: import.meta.dirname, encoding: 'utf8' })
release()
const again = machine.lock(`${machine.windowsFolder}\\System32\\mprtap.lock`)
again()
const left = machine.files.facts(`${machine.windowsFolder}\\System32\\mprtap.lock`)
process.stdout.write(JSON.stringify({ status: busy.status, error: JSON.parse(busy.stdout).error, left: left?.kind }))
