// The verbs of the farm, as people type them.

import { describe, expect, it } from 'vitest'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, mprtap, start, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()

const forwardArgs = (...more: string[]) => ['forward', '--checkpoint-folder', farm.folder, '--linger', '20ms', ...more, rings.directory]

describe('mprtap farm init', () => {
  it('makes the stream once, changes what can be changed, and refuses nothing that is there', async () => {
    const url = `${farm.url}/OTHER`
    await farm.manager.streams.delete('MPRTAP')
    expect(await mprtap('farm', 'init', url, '--max-size', '50MB')).toMatchObject({
      code: 0,
      stdout: 'The stream OTHER was made.\nThe bucket OTHER_statistics was made.\n',
    })
    const { config } = await farm.manager.streams.info('OTHER')
    expect(config).toMatchObject({ discard: 'new', max_bytes: 50e6, storage: 'file', subjects: ['mprtap.>'] })
    expect((await mprtap('farm', 'init', url, '--max-size', '50MB')).stdout).toMatch(/is there already, as asked for/)
    expect((await mprtap('farm', 'init', url, '--max-size', '60MB')).stdout).toMatch(/was changed/)
    expect((await farm.manager.streams.info('OTHER')).config.max_bytes).toBe(60e6)
    await farm.manager.streams.delete('OTHER')
    await farm.manager.streams.add({ name: 'OTHER', subjects: ['mprtap.>'], retention: 'workqueue' })
    expect(await mprtap('farm', 'init', url, '--max-size', '50MB')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/its retention is "workqueue", which cannot be changed/),
    })
    await farm.manager.streams.delete('OTHER')
    expect((await mprtap('farm', 'init', url, '--max-size', '900GB')).stderr).toMatch(/has no room for a stream of that size.*--max-size/)
  })

  it('says what is wrong with a URL, a password in it, and a server that is not there', async () => {
    expect(await mprtap('farm', 'init', farm.url)).toMatchObject({ code: 2, stderr: expect.stringMatching(/names no stream/) })
    const secret = await mprtap('farm', 'init', 'nats://bob:hunter2@host/X')
    expect(secret).toMatchObject({ code: 2, stderr: expect.stringMatching(/put them into a file/) })
    expect(secret.stderr).not.toContain('hunter2')
    expect(await mprtap('farm', 'init', 'nats://127.0.0.1:1/X')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be reached/),
    })
  })
})

describe('mprtap forward, and what reads the stream', () => {
  it('forwards from a command line until it is stopped; report, history, logons and watch read it', async () => {
    appendOperations(rings.create(), 100)
    const forwarder = start(...forwardArgs('--to', farm.url, '--host', 'RDS07'))
    await until(async () => (await farm.messages()) >= 1)
    forwarder.child.kill('SIGTERM')
    await forwarder.ended
    expect(forwarder.child.exitCode).toBe(0)
    expect(forwarder.stdout).toMatch(/^200 records in 1 batches to nats:\/\/127\.0\.0\.1:\d+, 0 lost\n$/)
    const source = `${farm.url}/MPRTAP`
    const report = await mprtap('report', '--json', source)
    expect(report.code).toBe(0)
    expect(report.stdout).toMatch(/"operations":100/)
    expect((await mprtap('history', 'P:', source)).code).toBe(0)
    expect((await mprtap('logons', source)).code).toBe(0)
    const watch = await mprtap('watch', '--json', '--from', 'oldest', '--count', '100', source)
    expect(watch.stdout).toMatch(/"host":"RDS07"/)
    const missing = await mprtap('report', `${farm.url}/NOSUCH`)
    expect(missing.stderr).toMatch(/NOSUCH says: stream not found/)
  })

  it('takes several engines, and one that is away keeps no other waiting', async () => {
    appendOperations(rings.create(), 10)
    const forwarder = start(...forwardArgs('--to', 'nats://127.0.0.1:1', '--to', farm.url))
    await until(async () => (await farm.messages()) >= 1)
    await until(() => forwarder.stderr.includes('cannot be reached'))
    forwarder.child.kill('SIGTERM')
    await forwarder.ended
    expect(forwarder.stdout).toMatch(/20 records in 1 batches to nats:\/\/127\.0\.0\.1:\d{2,}, 0 lost/)
  })
})

describe('mprtap farm status', () => {
  it('names hosts that are silent, behind or have lost records, and ends with 3 then', async () => {
    const ring = rings.create({ slotCountLog2: 8 })
    appendOperations(ring, 10)
    const forwarder = await farm.forward(rings.directory, { everyMs: 1000 })
    await until(async () => (await farm.messages()) >= 1)
    const status = await mprtap('farm', 'status', `${farm.url}/MPRTAP`)
    expect(status).toMatchObject({ code: 0, stderr: expect.stringMatching(/1 hosts, none is silent; 0 records lost; versions 0\.0\.0/) })
    expect(status.stdout).toMatch(/RDS07 +main/)
    // A host that is idle says that it is there.
    await until(async () => (await farm.messages()) >= 3)
    await forwarder.stop()
    appendOperations(ring, 1000)
    const again = await farm.forward(rings.directory)
    await until(() => again.opened.counts.sent >= 2)
    await again.stop()
    const after = await mprtap('farm', 'status', '--silent', '1ms', '--json', `${farm.url}/MPRTAP`)
    expect(after.code).toBe(3)
    const [host, summary] = after.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(host).toMatchObject({ host: 'RDS07', findings: expect.arrayContaining(['silent', 'lost']) })
    expect(host.lost).toBe(2020 - 20 - 256)
    expect(summary).toMatchObject({ type: 'farm', hosts: 1, silent: ['RDS07'] })
  })
})
