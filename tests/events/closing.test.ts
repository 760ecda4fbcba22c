// A tap where JavaScript expects a stream or a resource.
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import * as mprtap from '../../host/index.ts'
import { FakeSource } from '../../host/testing/index.ts'

it('`await using` closes it at the end of the block', async () => {
  const source = new FakeSource()
  let left: mprtap.Tap
  {
    await using tap = await mprtap.openTap({ sources: [source] })
    left = tap
    source.write()
    await source.clock.advance(100)
  }
  expect(() => left[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'MPRTAP_CLOSED' }))
})

it('Readable.from() makes a stream of it, and destroying the stream closes the tap', async () => {
  const source = new FakeSource()
  const tap = await mprtap.openTap({ sources: [source] })
  const stream = Readable.from(tap)
  const first = new Promise((resolve) => stream.once('data', resolve))
  source.write({ remoteName: '\\\\fs01\\a' })
  await source.clock.advance(100)
  expect(await first).toMatchObject({ remoteName: '\\\\fs01\\a' })
  const closed = new Promise((resolve) => stream.once('close', resolve))
  stream.destroy()
  await closed
  expect(() => tap[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'MPRTAP_CLOSED' }))
})

it('an error has its cause', async () => {
  const error = await mprtap.openTap({ sources: ['/nowhere/at/all.ring'], follow: false }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(mprtap.MprtapError)
  expect(error).toMatchObject({ code: 'MPRTAP_RING_INVALID', cause: expect.objectContaining({ code: 'ENOENT' }) })
})

it('no class is exported but those of errors', () => {
  const classes = Object.entries(mprtap).filter(([, value]) => typeof value === 'function' && /^class/.test(String(value)))
  expect(classes.map(([name]) => name).sort()).toEqual(['FilterSyntaxError', 'MprtapError'])
})
