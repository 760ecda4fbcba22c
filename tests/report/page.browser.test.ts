// The report in a real Chromium: accessible, complete without its script, asking nobody for anything.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesBetween } from '../../host/analysis/baseline.ts'
import { reportPage } from '../../host/report/page.ts'
import { dataOf, morning, OPTIONS } from './report-rows.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const data = dataOf(morning(3))
const page = reportPage(data, {
  ...OPTIONS,
  losses: [{ source: 'rings', overrun: 3, abandoned: 0, corrupt: 0 }],
  changes: changesBetween(dataOf(morning().slice(0, 4)), data),
})

let browser: Browser
beforeAll(async () => {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
})
afterAll(() => browser?.close())

const VIEWS = [
  ['on a desktop', { viewport: { width: 1200, height: 900 } }],
  ['on a phone', { viewport: { width: 390, height: 844 } }],
  ['in the dark', { viewport: { width: 1200, height: 900 }, colorScheme: 'dark' }],
  ['without scripts', { viewport: { width: 1200, height: 900 }, javaScriptEnabled: false }],
] as const

/** Opens the page, and collects what it asked for and complained about. */
async function open(options: object): Promise<{ view: Page; asked: string[]; complaints: string[] }> {
  const context = await browser.newContext(options)
  const view = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  view.on('request', (request) => asked.push(request.url()))
  view.on('console', (message) => complaints.push(message.text()))
  view.on('pageerror', (error) => complaints.push(error.message))
  await context.route('http://report.test/', (route) => route.fulfill({ contentType: 'text/html', body: page }))
  await view.goto('http://report.test/')
  return { view, asked, complaints }
}

describe.each(VIEWS)('the report %s', (_, options) => {
  it('asks for nothing, complains about nothing, and is not wider than the screen', async () => {
    const { view, asked, complaints } = await open(options)
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual(['http://report.test/'])
    expect(complaints).toEqual([])
    const { width } = options.viewport
    // Measured from outside, so that it works without scripts too.
    const box = await view.locator('html').boundingBox()
    expect(box?.width).toBeLessThanOrEqual(width)
    await view.context().close()
  })
})

describe('for a screen reader, the report', () => {
  it.each(VIEWS.slice(0, 3))('has no violation %s', async (_, options) => {
    const { view } = await open({ ...options, bypassCSP: true })
    await view.evaluate(axe)
    const violations = await view.evaluate(async () => {
      const { violations } = await (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
      ).axe.run()
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
    })
    expect(violations).toEqual([])
    await view.context().close()
  })
})

describe('with a keyboard, the report', () => {
  it('sorts a table by its column, and again the other way round', async () => {
    const { view } = await open(VIEWS[0][1])
    const button = view.locator('#table-servers th button', { hasText: 'Operations' })
    const first = () => view.locator('#table-servers tbody tr').first().locator('th').textContent()
    await button.focus()
    await view.keyboard.press('Enter')
    expect(await first()).toBe('fs01')
    await view.keyboard.press('Enter')
    expect(await first()).toBe('fs02')
    await view.context().close()
  })

  it('filters a table and says how many rows are left', async () => {
    const { view } = await open(VIEWS[0][1])
    await view.locator('input[data-filters=table-servers]').focus()
    await view.keyboard.type('nas')
    expect(await view.locator('#table-servers-told').textContent()).toBe('1 of 3 rows')
    expect(await view.locator('#table-servers tbody tr:visible').count()).toBe(1)
    await view.context().close()
  })

  it('zooms a waterfall to a row, and back with Escape', async () => {
    const { view } = await open(VIEWS[0][1])
    const figure = view.locator('.waterfall').first()
    const box = () => figure.locator('svg.bars').first().getAttribute('viewBox')
    await figure.locator('button.zoom').nth(2).focus()
    await view.keyboard.press('Enter')
    expect(await box()).not.toBe('0 0 1000 18')
    await view.keyboard.press('Escape')
    expect(await box()).toBe('0 0 1000 18')
    await view.context().close()
  })
})
