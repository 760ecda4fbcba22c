// Bad input to the live page's port: connections without end, heads that never come, garbage.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operation } from './fake-tap.ts'
import { BEARER, get, openStream, startPage } from './page-server.ts'

let page: Awaited<ReturnType<typeof startPage>>
beforeAll(async () => {
  page = await startPage()
})
afterAll(() => page.stop())

const socket = () => {
  const made = connect(page.page.port, '127.0.0.1')
  made.on('error', () => {})
  return made.resume()
}
/** What the server answers to bytes, until it ends the connection. */
async function answerTo(...parts: readonly (string | Buffer)[]): Promise<string> {
  const made = socket()
  let text = ''
  made.setEncoding('latin1').on('data', (chunk) => (text += chunk))
  for (const part of parts) made.write(part)
  await once(made, 'close')
  return text
}

describe('a head that does not come', () => {
  it('is waited for ten seconds, then the connection is closed, however slowly bytes come', { timeout: 60_000 }, async () => {
    const slow = socket()
    slow.write('GET / HTTP/1.1\r\n')
    const dripping = setInterval(() => slow.write('X'), 500)
    slow.resume()
    await once(slow, 'close')
    clearInterval(dripping)
    expect((await get(page.page.port, '/healthz')).body).toBe('ok\n')
  })
})

describe('ten thousand connects', () => {
  it('do not end a stream that is open, and when they are gone all is as before', { timeout: 120_000 }, async () => {
    const browser = openStream(page.page.port)
    await browser.until(/event: history/)
    const opened: Socket[] = []
    for (let i = 0; i < 100; i++) {
      const some = Array.from({ length: 100 }, socket)
      opened.push(...some)
      await Promise.all(some.map((each) => Promise.race([once(each, 'connect'), once(each, 'close')])))
    }
    const sent = operation()
    page.tap.send(sent)
    await browser.until(new RegExp(`id: ${sent.id}`))
    // More than the server takes are closed by it at once.
    await expect.poll(() => opened.filter(({ closed }) => closed).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(8_000)
    for (const each of opened) each.destroy()
    await expect
      .poll(
        () =>
          get(page.page.port, '/healthz').then(
            ({ body }) => body,
            () => '',
          ),
        { timeout: 20_000 },
      )
      .toBe('ok\n')
    browser.close()
  })
})

describe('what is not HTTP', () => {
  it.each([
    ['a TLS greeting', [Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])], /^(HTTP\/1.1 400|$)/],
    ['a head of a megabyte', ['GET / HTTP/1.1\r\n', `X: ${'a'.repeat(1 << 20)}\r\n\r\n`], /^HTTP\/1.1 431/],
    ['no Host', ['GET / HTTP/1.1\r\n\r\n'], /^HTTP\/1.1 400/],
    ['two Hosts', ['GET / HTTP/1.0\r\nHost: localhost\r\nHost: evil\r\n\r\n'], /^HTTP\/1.1 (400|403)/],
    ['an address that is none', ['GET //%%%? HTTP/1.0\r\nHost: localhost\r\n\r\n'], /^HTTP\/1.1 4\d\d/],
  ])('%s is refused', async (_, parts, answer) => {
    expect(await answerTo(...(parts as string[]))).toMatch(answer as RegExp)
  })

  it('paths that lead out of the page’s files lead nowhere', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/%2e%2e/package.json',
      '/__proto__',
      '/constructor',
      '/toString',
      '//evil.example/',
      '/\\evil.example/',
    ])
      expect([path, (await get(page.page.port, path, BEARER)).status]).toEqual([path, 404])
  })
})

describe('garbage in Last-Event-ID', () => {
  it.each([
    ['markup', '<script>'],
    ['a number', '0'],
    ['a number below zero', '-1'],
    ['a sequence of 21 digits', `${'f'.repeat(16)}-${'9'.repeat(21)}`],
    ['8,000 letters', 'a'.repeat(8000)],
    ['bytes that are no ASCII', '\u00ff\u00fe'],
    ['something after an id', '00000000000000aa-0; x'],
  ])('is passed over: %s', async (_, id) => {
    const browser = openStream(page.page.port, '/events', { ...BEARER, 'Last-Event-ID': id })
    await browser.until(/event: history/)
    expect(browser.text).not.toMatch(/event: (gap|operation)/)
    browser.close()
  })
})

describe('garbage in a query is answered', () => {
  it.each([
    ['not a number', '/explain?status=NaN'],
    ['a number without end', '/explain?status=1e999'],
    ['nothing', '/explain'],
    ['4,000 brackets', `/filter?text=${'('.repeat(4000)}`],
    ['a filter of 5,000 letters', `/filter?text=${'a'.repeat(5000)}`],
  ])('%s', async (_, path) => {
    const { status, body } = await get(page.page.port, path, BEARER)
    expect(status).toBe(200)
    expect(typeof JSON.parse(body)).toBe('object')
  })
})
