// biome-ignore-all lint/suspicious/noExplicitAny: bodies of requests are looked into as they come
// OTLP: what is sent is what the official library writes, and each answer of a receiver has the consequence that the protocol says.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import type { Operation } from '../../host/model/events.ts'
import type { EventBatch } from '../../host/sinks/event-batch.ts'
import { OtlpSink } from '../../host/sinks/otlp.ts'
import { logsRequest, nanosecondsOf } from '../../host/sinks/otlp-logs.ts'
import { systemClock } from '../../host/system/clock.ts'
import { writeRings } from '../../host/testing/index.ts'
import { Receiver } from './receiver.ts'

const RESOURCE = { host: 'RDS07', version: '1.2.3', instance: 'abc' }

let folder: string
let receiver: Receiver
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-otlp-'))
  receiver = await Receiver.start()
})
afterEach(async () => {
  await receiver.stop()
  rmSync(folder, { recursive: true })
})

async function someOperations(): Promise<Operation[]> {
  writeRings(join(folder, 'rings'), { seed: 5, operations: 200, users: 3 })
  const operations: Operation[] = []
  for await (const operation of await openTap({ sources: [join(folder, 'rings')], follow: false })) operations.push(operation)
  return operations
}

function batchOf(operations: readonly Operation[]): EventBatch & { acknowledged: number } {
  return { operations, losses: [], acknowledged: 0, acknowledge() { this.acknowledged++ } } // biome-ignore format: short
}

function sinkTo(url: string, more = {}) {
  const told: string[] = []
  const refused: string[] = []
  const sink = new OtlpSink({
    url,
    resource: RESOURCE,
    clock: systemClock,
    tell: (text) => void told.push(text),
    onRefused: (_, records, why) => void refused.push(`${records}: ${why}`),
    random: () => 0,
    ...more,
  })
  return { sink, told, refused }
}

describe('what is sent', () => {
  it('is what the official library makes of the same records', async () => {
    const operations = await someOperations()
    const ours = logsRequest({ ...batchOf(operations), losses: [] }, RESOURCE, 0)
    const [{ resource, scopeLogs }] = ours.resourceLogs as any
    const plain = (attributes: any[]) =>
      Object.fromEntries(
        attributes.map(({ key, value }) => {
          const [[type, content]] = Object.entries(value) as any
          return [key, type === 'intValue' ? Number(content) : content]
        }),
      )
    const shared = { attributes: plain(resource.attributes) }
    const scope = { name: 'mprtap', version: '1.2.3' }
    const theirs = JSON.parse(
      Buffer.from(
        JsonLogsSerializer.serializeRequest(
          scopeLogs[0].logRecords.map((record: any) => ({
            hrTime: [Number(BigInt(record.timeUnixNano) / 1_000_000_000n), Number(BigInt(record.timeUnixNano) % 1_000_000_000n)],
            hrTimeObserved: [0, 0],
            severityNumber: record.severityNumber,
            eventName: record.eventName,
            attributes: plain(record.attributes),
            resource: shared,
            instrumentationScope: scope,
            droppedAttributesCount: 0,
          })) as any,
        )!,
      ).toString(),
    )
    // The library writes what is empty or zero as well, which says the same; and integers that fit as numbers, which receivers take for the same.
    const same = (value: any): any => {
      if (Array.isArray(value)) return value.map(same)
      if (typeof value !== 'object' || value === null) return value
      const entries = Object.entries(value).filter(
        ([key]) => !['droppedAttributesCount', 'observedTimeUnixNano', 'body', 'schemaUrl'].includes(key),
      )
      return Object.fromEntries(entries.map(([key, inner]) => [key, key === 'intValue' ? String(inner) : same(inner)]))
    }
    expect(same(theirs).resourceLogs[0].scopeLogs[0].logRecords).toEqual(same(ours).resourceLogs[0].scopeLogs[0].logRecords)
    expect(same(theirs).resourceLogs[0].resource.attributes).toEqual(same(ours).resourceLogs[0].resource.attributes)
  })

  it('keeps the time to a tenth of a microsecond', () => {
    expect(nanosecondsOf('2026-01-05T08:00:00.1234567Z')).toBe(1_767_600_000_123_456_700n)
    expect(nanosecondsOf('1601-01-01T00:00:00.0000000Z')).toBe(0n)
  })

  it('names each record, its server and its error, and an add and a cancel by different events', async () => {
    const operations = await someOperations()
    const { sink } = sinkTo(receiver.url)
    await sink.write(batchOf(operations))
    expect(receiver.requests[0]!.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json' })
    const uids = receiver.records.map(({ attributes }) => attributes.find(({ key }: any) => key === 'log.record.uid').value.stringValue)
    expect(uids).toEqual(operations.map(({ id }) => `RDS07/${id}`))
    const failed = operations.findIndex(({ outcome }) => outcome === 'failed')
    expect(receiver.records[failed]).toMatchObject({
      severityNumber: 13,
      eventName: expect.stringMatching(/^mprtap\.connection\.(add|cancel)$/),
    })
    expect(receiver.records[failed].attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: operations[failed]!.error!.name },
    })
  })
})

describe('a receiver that', () => {
  const status =
    (code: number, headers = {}, body = '') =>
    (_: unknown, response: any) =>
      response.writeHead(code, headers).end(body)

  it.each([429, 502, 503, 504])('answers %d gets the batch again', async (code) => {
    receiver.answers.push(status(code), status(code))
    const { sink, told } = sinkTo(receiver.url)
    const batch = batchOf((await someOperations()).slice(0, 10))
    await sink.write(batch)
    expect(batch.acknowledged).toBe(1)
    expect(receiver.records).toHaveLength(10)
    expect(told).toEqual([expect.stringContaining(`is busy (${code})`), expect.stringContaining('takes records again')])
  })

  it('names a time with 429 is given it', async () => {
    receiver.answers.push(status(429, { 'Retry-After': '77' }))
    const waits: number[] = []
    const clock = {
      ...systemClock,
      timer: (run: () => void, ms: number) => {
        waits.push(ms)
        return systemClock.timer(run, 0)
      },
    }
    await sinkTo(receiver.url, { clock }).sink.write(batchOf((await someOperations()).slice(0, 1)))
    expect(waits).toEqual([77_000])
  })

  it('takes a part of a batch does not get it again; the rest is told', async () => {
    receiver.answers.push(status(200, {}, JSON.stringify({ partialSuccess: { rejectedLogRecords: '3', errorMessage: 'too old' } })))
    const { sink, refused } = sinkTo(receiver.url)
    const batch = batchOf((await someOperations()).slice(0, 10))
    await sink.write(batch)
    expect(batch.acknowledged).toBe(1)
    expect(refused).toEqual(['3: it rejected them: too old'])
    expect(sink.counts).toMatchObject({ accepted: 7, rejected: 3, requests: 1 })
  })

  it('closes the connection after the body gets the batch again', async () => {
    receiver.answers.push((request) => request.socket.destroy())
    const { sink, told } = sinkTo(receiver.url)
    await sink.write(batchOf((await someOperations()).slice(0, 10)))
    expect(receiver.records).toHaveLength(10)
    expect(told[0]).toMatch(/cannot be reached \(ECONNRESET\)/)
  })

  it('will not take a batch does not keep the next one waiting', async () => {
    receiver.answers.push(status(400))
    const { sink, refused } = sinkTo(receiver.url)
    const operations = await someOperations()
    await sink.write(batchOf(operations.slice(0, 4)))
    await sink.write(batchOf(operations.slice(4, 10)))
    expect(refused).toEqual(['4: it answers 400'])
    expect(receiver.records).toHaveLength(6)
  })

  it('does not know gzip gets it plain', async () => {
    receiver.answers.push(status(415))
    await sinkTo(receiver.url).sink.write(batchOf((await someOperations()).slice(0, 2)))
    expect(receiver.requests[0]!.headers['content-encoding']).toBeUndefined()
  })

  it('wants a token gets the one in the file, read at each request', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'old\n', { mode: 0o600 })
    receiver.answers.push((_, response) => {
      writeFileSync(path, 'new\n')
      response.writeHead(401).end()
    })
    const { sink, told } = sinkTo(receiver.url, { credentials: path })
    await sink.write(batchOf((await someOperations()).slice(0, 1)))
    expect(receiver.requests[0]!.headers.authorization).toBe('Bearer new')
    expect(told[0]).toMatch(/does not take these credentials \(401\)/)
    expect(told.join()).not.toMatch(/old|new/)
  })

  it('answers without end is not read without end', async () => {
    receiver.answers.push((_, response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(1 << 20, 0x20)
      const more = (): void => void response.write(chunk, (error) => error || more())
      more()
    })
    const { sink } = sinkTo(receiver.url)
    const batch = batchOf((await someOperations()).slice(0, 1))
    await sink.write(batch)
    expect(batch.acknowledged).toBe(1)
  })

  it('does not exist is refused at once when its URL cannot be, and holds no secret', () => {
    expect(() => sinkTo('http://bob:hunter2@host')).toThrow(/put the token into a file/)
    expect(() => sinkTo('http://')).toThrow(/is not a URL/)
    expect(readdirSync(folder)).toEqual([])
  })
})
