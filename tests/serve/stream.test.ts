// What a browser gets while operations happen.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Client, ROWS_A_SECOND, Rows, WAITING_BYTES_MAX } from '../../host/serve/client.ts'
import { FILTERS_MAX } from '../../host/serve/hub.ts'
import { operation } from './fake-tap.ts'
import { BEARER, openStream, startPage } from './page-server.ts'

let page: Awaited<ReturnType<typeof startPage>>
beforeEach(async () => {
  page = await startPage()
})
afterEach(() => page.stop())

const stream = (path?: string, headers?: Record<string, string>) => openStream(page.page.port, path, { ...BEARER, ...headers })
const ids = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1])

describe('a stream', () => {
  it('has each operation with its id, and the state once a second', async () => {
    const browser = stream()
    await browser.until(/event: history/)
    const sent = operation({ remoteName: '\\\\fs01\\<b>' })
    page.tap.send(sent)
    await browser.until(new RegExp(`id: ${sent.id}`))
    page.hub.tick(1000)
    const text = await browser.until(/event: now/)
    expect(text).toContain('"second":{"at":1000,"operations":1,"failed":0}')
    browser.close()
  })

  it('has at most 200 rows a second; the others are counted and told', async () => {
    const browser = stream()
    await browser.until(/event: history/)
    page.tap.send(...Array.from({ length: ROWS_A_SECOND + 50 }, () => operation()))
    const last = operation()
    await browser.until({ test: (text) => ids(text).length === ROWS_A_SECOND })
    page.hub.tick(1000)
    const text = await browser.until(/event: skipped\ndata: {"rows":50}/)
    expect(ids(text)).toHaveLength(ROWS_A_SECOND)
    page.clock.now = 1000
    page.tap.send(last)
    await browser.until(new RegExp(`id: ${last.id}`))
    browser.close()
  })

  it('goes on after a break with what was missed, and says when it cannot', async () => {
    const operations = [operation(), operation(), operation()]
    const first = stream()
    await first.until(/event: history/)
    page.tap.send(...operations)
    await first.until(new RegExp(`id: ${operations[2]!.id}`))
    first.close()
    const again = stream('/events', { 'Last-Event-ID': operations[0]!.id })
    const text = await again.until(new RegExp(`id: ${operations[2]!.id}`))
    expect(ids(text)).toEqual([operations[1]!.id, operations[2]!.id])
    again.close()
    const forgotten = stream('/events', { 'Last-Event-ID': 'ffffffffffffffff-1' })
    await forgotten.until(/event: gap/)
    forgotten.close()
    const garbage = stream('/events', { 'Last-Event-ID': '<script>' })
    expect(await garbage.until(/event: history/)).not.toContain('event: gap')
    garbage.close()
  })
})

describe('a batch larger than what is kept', () => {
  it('is counted whole, and a browser that comes back gets its newest rows', async () => {
    const browser = stream()
    await browser.until(/event: history/)
    const operations = Array.from({ length: 3000 }, () => operation())
    page.tap.send(...operations)
    await browser.until({ test: (text) => ids(text).length === ROWS_A_SECOND })
    page.hub.tick(1000)
    expect(ids(await browser.until(/event: skipped\ndata: {"rows":2800}/))).toEqual(operations.slice(0, ROWS_A_SECOND).map(({ id }) => id))
    browser.close()
    const again = stream('/events', { 'Last-Event-ID': operations.at(-3)!.id })
    const text = await again.until(new RegExp(`id: ${operations.at(-1)!.id}`))
    expect(ids(text)).toEqual(operations.slice(-2).map(({ id }) => id))
    again.close()
  })
})

describe('filters', () => {
  it('are judged once for all browsers that have chosen them, and end with the last of them', async () => {
    const text = 'outcome == "failed"'
    const path = `/events?filter=${encodeURIComponent(text)}`
    const [a, b] = [stream(path), stream(path)]
    await Promise.all([a.until(/event: history/), b.until(/event: history/)])
    expect(page.filtered.size).toBe(1)
    const tap = page.filtered.get(text)!
    const sent = operation()
    tap.send(sent)
    await Promise.all([a, b].map((browser) => browser.until(new RegExp(`id: ${sent.id}`))))
    a.close()
    b.close()
    await expect.poll(() => tap.isClosed).toBe(true)
  })

  it('that are wrong are told with their column', async () => {
    const browser = stream(`/events?filter=${encodeURIComponent('outcome == "faild"')}`)
    expect(await browser.until(/event: refused/)).toMatch(/Column 12/)
  })

  it('are limited; one more is told so', async () => {
    const browsers = Array.from({ length: FILTERS_MAX }, (_, i) => stream(`/events?filter=${encodeURIComponent(`status == ${i}`)}`))
    await Promise.all(browsers.map((browser) => browser.until(/event: history/)))
    const oneMore = stream(`/events?filter=${encodeURIComponent('status == 99')}`)
    expect(await oneMore.until(/event: refused/)).toContain(`${FILTERS_MAX} different filters`)
    for (const browser of browsers) browser.close()
  })
})

describe('a slow browser', () => {
  it('loses rows, is told how many, and what waits for it is bounded', () => {
    const written: string[] = []
    const response = { writableLength: 0, write: (text: string) => written.push(text) }
    const client = new Client(response as never)
    client.rows(0, new Rows(['a']))
    response.writableLength = WAITING_BYTES_MAX + 1
    client.rows(0, new Rows(['a', 'b', 'c', 'd', 'e', 'f', 'g']))
    client.tell('now', {})
    expect(written).toHaveLength(1)
    response.writableLength = 0
    client.tell('now', {})
    expect(written[1]).toBe('event: skipped\ndata: {"rows":7}\n\n')
  })
})
