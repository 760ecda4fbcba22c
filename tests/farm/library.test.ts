// What programs import: the package's own files read a stream and forward to one.

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()

const program = `
import { openForwarder } from '${inRoot('build/sinks.js')}'
import { openTap, MprtapError } from '${inRoot('build/index.js')}'
const [url, rings, checkpoints] = process.argv.slice(1)
const stop = new AbortController()
const forwarder = await openForwarder({ to: url, sources: [rings], checkpointFolder: checkpoints, host: 'H', lingerMs: 20, signal: stop.signal, tell: console.error })
const run = forwarder.run()
let ids = 0
for await (const operation of await openTap({ sources: [url + '/MPRTAP'], from: 'oldest' })) if (++ids === 30) break
stop.abort()
await run
let isOurs = false
try { await openForwarder({ to: 'nats://', signal: stop.signal, tell() {} }) } catch (error) { isOurs = error instanceof MprtapError }
console.log(JSON.stringify({ ids, isOurs }))
`

describe('the library as it is built', () => {
  it('forwards to a stream and reads it, with one class of errors', () => {
    appendOperations(rings.create(), 30)
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program, farm.url, rings.directory, farm.folder], {
      encoding: 'utf8',
    })
    expect(JSON.parse(output)).toEqual({ ids: 30, isOurs: true })
  })
})
