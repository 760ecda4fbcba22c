// The report's page over very many operations: how large it is, and how long Chromium takes to show it.

import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { median } from '../lib/measure.ts'
import type { Figure } from '../scale/figure.ts'

const CHROMIUM = '/usr/bin/chromium'
const ROUNDS = 7

export async function pageOf(folder: string, paths: readonly string[], operations: number): Promise<Figure[]> {
  const page = join(folder, 'page.html')
  execFileSync(process.execPath, ['build/cli.js', 'report', '--html', page, ...paths], { stdio: ['ignore', 'ignore', 'pipe'] })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  const times: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      // Each time with an empty cache, and until two frames were drawn.
      const context = await browser.newContext({ viewport: { width: 1200, height: 900 } })
      const view = await context.newPage()
      const started = performance.now()
      await view.goto(pathToFileURL(page).href, { waitUntil: 'load' })
      await view.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      times.push(performance.now() - started)
      await context.close()
    }
  } finally {
    await browser.close()
  }
  const what = `page of the report over ${operations.toLocaleString('en-US')} operations`
  return [
    { what: `${what}, size`, value: Number((statSync(page).size / 1e6).toPrecision(3)), unit: 'MB', note: 'goal: at most 5' },
    { what: `${what}, until Chromium shows it`, value: Number((median(times) / 1000).toPrecision(3)), unit: 's', note: 'goal: under 2' },
  ]
}
