// Runs in Node for Windows: starts a program in a console of its own, and tells it of an event of that console once it has said some text. Says
// how the program ended.      signal.mjs EVENT TEXT SCRIPT [ARGUMENT…]      EVENT: as send-event.mjs has it
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const [event, text, ...words] = process.argv.slice(2)
// windowsHide: a console without a window ("Process Creation Flags", CREATE_NO_WINDOW).
const child = spawn(process.execPath, words, { windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] })
const said = { stdout: '', stderr: '', sender: '' }
for (const name of ['stdout', 'stderr']) {
  child[name].setEncoding('utf8').on('data', (more) => {
    said[name] += more
    if (said.sender !== '' || !`${said.stdout}${said.stderr}`.includes(text)) return
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'send-event.mjs'), String(child.pid), event])
    said.sender = `${status} ${stderr}`
  })
}
const [status, signal] = await once(child, 'close')
process.stdout.write(JSON.stringify({ status, signal, ...said }))
