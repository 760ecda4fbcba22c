import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { LineWriter } from '../../host/cli/output/line-writer.ts'

describe('LineWriter', () => {
  it('writes lines', async () => {
    const stream = new PassThrough()
    const writer = new LineWriter(stream)
    await writer.write('a')
    await writer.write('b')
    await writer.flush()
    expect(String(stream.read())).toBe('a\nb\n')
  })

  it('waits while the stream is full', async () => {
    const taken: (() => void)[] = []
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) })
    const writer = new LineWriter(stream)
    let written = false
    const writing = writer.write('a').then(() => {
      written = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(written).toBe(false)
    taken.shift()!()
    await writing
    expect(written).toBe(true)
  })

  it.each(['EPIPE', 'EOF'])('takes %s as the end of the reader, not as an error, even while it waits', async (code) => {
    const failures: ((error: Error) => void)[] = []
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void failures.push(done) })
    const writer = new LineWriter(stream)
    const writing = writer.write('a')
    failures.shift()!(Object.assign(new Error('broken'), { code }))
    await writing
    expect(writer.closed.aborted).toBe(true)
    await writer.write('b')
    await writer.flush()
    expect(failures).toEqual([])
  })

  it('throws what else goes wrong, at the latest when flushed', async () => {
    const full = Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    const stream = new Writable({ write: (_chunk, _encoding, done) => setImmediate(() => done(full)) })
    const writer = new LineWriter(stream)
    await writer.write('a')
    await expect(writer.flush()).rejects.toBe(full)
  })
})
