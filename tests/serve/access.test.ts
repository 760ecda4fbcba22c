// Who may see the live page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BEARER, get, startPage, TOKEN } from './page-server.ts'

let page: Awaited<ReturnType<typeof startPage>>
let port: number
beforeAll(async () => {
  page = await startPage()
  port = page.page.port
})
afterAll(() => page.stop())

describe('without the token', () => {
  it.each(['/', '/page.js', '/events', '/metrics', '/filter?text=', '/explain?status=53', '/nothing'])(
    '%s answers 401 and what to do',
    async (path) => {
      const { status, body } = await get(port, path)
      expect(status).toBe(401)
      expect(body).toContain('mprtap serve')
    },
  )

  it('/healthz says ok and nothing else', async () => {
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
  })

  it('a wrong token is refused, in the address, as a cookie and as a bearer', async () => {
    expect((await get(port, '/?token=wrong')).status).toBe(401)
    expect((await get(port, '/', { Cookie: `mprtap-${port}=wrong` })).status).toBe(401)
    expect((await get(port, '/', { Authorization: 'Bearer wrong' })).status).toBe(401)
  })
})

describe('with the token', () => {
  it('the address gives a cookie and sends the browser to an address without the token', async () => {
    const { status, headers } = await get(port, `/?token=${TOKEN}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']).toEqual([`mprtap-${port}=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`])
  })

  it('the cookie opens the page', async () => {
    const { status, body } = await get(port, '/', { Cookie: `other=1; mprtap-${port}=${TOKEN}` })
    expect([status, body.includes('<div id="page">')]).toEqual([200, true])
  })

  it('every answer forbids what the page does not need, and tells nobody where it came from', async () => {
    for (const path of ['/', '/metrics', '/nothing', `/?token=${TOKEN}`]) {
      const { headers } = await get(port, path, BEARER)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('nothing but GET is answered', async () => {
    expect((await get(port, '/', BEARER, 'POST')).status).toBe(405)
  })
})

describe('somebody else’s page', () => {
  it.each([
    ['a name that is not ours (DNS rebinding)', { Host: 'evil.example' }],
    ['our name and another port', { Host: '127.0.0.1:1' }],
    ['another origin', { Origin: 'http://evil.example' }],
    ['another port of this machine as origin', { Origin: 'http://127.0.0.1:1' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('is refused although it has the token: %s', async (_, headers) => {
    expect((await get(port, '/', { ...BEARER, ...headers })).status).toBe(403)
    expect((await get(port, '/healthz', { ...headers })).status).toBe(403)
  })

  it('is told from ours, under each of our names', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const headers = { ...BEARER, Host: `${name}:${port}`, Origin: `http://${name}:${port}` }
      expect((await get(port, '/', headers)).status).toBe(200)
    }
  })
})
