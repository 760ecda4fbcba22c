// The live page in a real Chromium: with a keyboard, on a phone, in the dark, with hostile names.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operation } from './fake-tap.ts'
import { startPage } from './page-server.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const EVIL = '<img src=x onerror=alert(1)>\u202egnp.exe'
const FAILED = { outcome: 'failed', status: 53, error: { code: 53, name: 'ERROR_BAD_NETPATH' } } as never

let browser: Browser
let page: Awaited<ReturnType<typeof startPage>>
beforeAll(async () => {
  page = await startPage()
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
})
afterAll(async () => {
  await browser?.close()
  await page.stop()
})

const DESKTOP = { viewport: { width: 1280, height: 900 } }
const VIEWS = [
  ['on a desktop', DESKTOP],
  ['on a phone', { viewport: { width: 390, height: 844 } }],
  ['in the dark', { ...DESKTOP, colorScheme: 'dark' }],
] as const

/** Opens the page with the token, waits until it is live, and lets three operations happen. */
async function open(options: object): Promise<{ view: Page; complaints: string[] }> {
  const context = await browser.newContext(options)
  const view = await context.newPage()
  const complaints: string[] = []
  view.on('console', (message) => complaints.push(message.text()))
  view.on('pageerror', (error) => complaints.push(error.message))
  view.on('dialog', (dialog) => complaints.push(dialog.message()))
  await view.goto(page.page.url)
  await view.getByRole('status').getByText('Live').waitFor()
  page.tap.send(operation(), operation(FAILED), operation({ remoteName: `\\\\${EVIL}\\${EVIL}`, localName: EVIL, user: EVIL }))
  page.hub.tick(Date.now())
  await view.locator('.rows tbody tr').nth(2).waitFor()
  return { view, complaints }
}

describe.each(VIEWS)('the live page %s', (_, options) => {
  it('shows operations, complains about nothing, fits the screen, has no token in its address, and no violation', async () => {
    const { view, complaints } = await open({ ...options, bypassCSP: true })
    expect(complaints).toEqual([])
    expect(view.url()).toBe(`http://127.0.0.1:${page.page.port}/`)
    expect(await view.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await view.evaluate(axe)
    const violations = await view.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200)))',
    )
    expect(violations).toEqual([])
    await view.context().close()
  })
})

describe('names from strangers', () => {
  it('are shown, with what hides made visible, and never become markup', async () => {
    const { view, complaints } = await open(DESKTOP)
    expect(await view.locator('img').count()).toBe(0)
    expect(await view.locator('.rows tbody').textContent()).toContain('<img src=x onerror=alert(1)><U+202E>gnp.exe')
    expect(complaints).toEqual([])
    await view.context().close()
  })
})

describe('with a keyboard', () => {
  it('a row opens its details with an explanation, and Escape closes them', async () => {
    const { view } = await open(DESKTOP)
    await view.locator('.rows tbody tr', { hasText: 'ERROR_BAD_NETPATH' }).first().focus()
    await view.keyboard.press('Enter')
    const dialog = view.getByRole('dialog')
    await dialog.getByText('Meaning').waitFor()
    expect(await dialog.textContent()).toContain('What to check next')
    await view.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await view.context().close()
  })

  it('a filter is judged while it is typed, and applied with Enter', async () => {
    const { view } = await open(DESKTOP)
    const box = view.locator('input[name=filter]')
    await box.focus()
    await view.keyboard.type('outcome == "faild"')
    await view.getByRole('alert').getByText('Column 12').waitFor()
    expect(await box.getAttribute('aria-invalid')).toBe('true')
    await box.fill('outcome == "failed"')
    await view.keyboard.press('Enter')
    await expect.poll(() => page.filtered.has('outcome == "failed"')).toBe(true)
    await view.context().close()
  })

  it('the list is held while the page is paused, and goes on with what came meanwhile', async () => {
    const { view } = await open(DESKTOP)
    const rows = view.locator('.rows tbody tr')
    await view.getByRole('button', { name: 'Pause' }).focus()
    await view.keyboard.press('Enter')
    const before = await rows.count()
    page.tap.send(operation({ localName: 'Q:' }))
    await view.getByText('1 new one waits.').waitFor()
    expect(await rows.count()).toBe(before)
    await view.keyboard.press('Enter')
    await rows.getByText('Q:').waitFor()
    await view.context().close()
  })
})
