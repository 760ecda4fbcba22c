// Receivers of other people that Debian has, reading what is forwarded to files, as docs/farm.md says.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ToolFolder } from '../captures/debian-tools.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, start, until } from './farm.ts'

const folder = new ToolFolder()
const rings = new RingsOnDisk()

/** Follows the files, whatever their number, and writes down the id that it read out of each line. */
const rsyslog = (path: (name: string) => string) => `
global(workDirectory="${folder.path}" maxMessageSize="64k")
module(load="imfile")
module(load="mmjsonparse")
template(name="ids" type="list") { property(name="$!id") constant(value="\\n") }
input(type="imfile" File="${path('events')}-*.ndjson" Tag="mprtap:" addMetadata="off" ruleset="mprtap")
ruleset(name="mprtap") {
  action(type="mmjsonparse" cookie="")
  action(type="omfile" file="${path('received')}" template="ids")
}
`

it('rsyslog takes each operation out of files that are rotated meanwhile', async () => {
  const config = folder.write(
    'rsyslog.conf',
    rsyslog((name) => folder.file(name)),
  )
  const receiver = spawn('/usr/sbin/rsyslogd', ['-n', '-f', config, '-i', folder.file('pid')], { stdio: 'ignore' })
  const ended = once(receiver, 'exit')
  const forwarder = start(
    ...['forward', '--to', `file:${folder.file('events')}`, '--rotate-size', '20KB', '--linger', '20ms'],
    ...['--checkpoint-folder', folder.file('checkpoints'), rings.directory],
  )
  const ring = rings.create({ slotCountLog2: 12 })
  const received = () => (existsSync(folder.file('received')) ? readFileSync(folder.file('received'), 'utf8').split('\n').slice(0, -1) : [])
  try {
    for (let operations = 100; operations <= 300; operations += 100) {
      appendOperations(ring, 100)
      await until(() => received().length >= operations)
    }
    expect(received()).toHaveLength(300)
    expect(new Set(received()).size).toBe(300)
  } finally {
    forwarder.child.kill('SIGTERM')
    receiver.kill('SIGTERM')
    await Promise.all([forwarder.ended, ended])
  }
})
