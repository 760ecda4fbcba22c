// npm run pictures: makes docs/pictures/ of real runs of the built command, with seeded traffic: the report and the live page in Chromium, top and watch
// in a terminal (tmux), whose lines become SVG. Needs the packages chromium and tmux. The live page shows what happens meanwhile, so it differs each time.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { terminalSvg } from './lib/terminal-svg.mjs'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'build/cli.js')
const pictures = join(root, 'docs/pictures')
const folder = mkdtempSync(join(tmpdir(), 'mprtap-pictures-'))
const rings = join(folder, 'rings')

function mprtap(...args) {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mprtap ${args.join(' ')}: ${stderr}`)
}

/** What a terminal of this size shows, some time after a command began, with its colours. */
async function terminal(columns, lines, command, seconds) {
  const socket = join(folder, 'tmux')
  const tmux = (...args) =>
    spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC', TERM: 'xterm-256color' },
    })
  tmux('new-session', '-d', '-x', String(columns), '-y', String(lines), `${command}; sleep 60`)
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  const { stdout } = tmux('capture-pane', '-e', '-p')
  tmux('kill-server')
  return stdout.replace(/\n$/, '').split('\n')
}

const picture = (name, content) => writeFileSync(join(pictures, name), content)

async function reportPictures(browser) {
  const page = join(folder, 'report.html')
  mprtap('report', '--html', page, '--utc', rings)
  for (const [name, width, height, colorScheme, part] of [
    ['report', 1100, 800, 'light', undefined],
    ['report-logon', 1100, 800, 'light', '#logons'],
    ['report-dark', 1100, 800, 'dark', '#servers'],
    ['report-phone', 390, 800, 'light', undefined],
  ]) {
    const view = await browser.newPage({ viewport: { width, height }, colorScheme })
    await view.goto(`file://${page}`)
    if (part) await view.locator(part).evaluate((element) => element.scrollIntoView())
    await view.screenshot({ path: join(pictures, `${name}.png`) })
    await view.close()
  }
}

async function livePictures(browser) {
  const live = join(folder, 'live')
  const writer = spawn(process.execPath, [cli, 'generate', '--folder', live, '--seed', '3', '--users', '12', '--follow', '40'])
  await once(writer.stdout, 'data')
  const server = spawn(process.execPath, [cli, 'serve', live])
  let said = ''
  for await (const text of server.stdout.setEncoding('utf8')) {
    said += text
    if (said.includes('Metrics:')) break
  }
  const [, url] = /The page: (\S+)/.exec(said)
  const view = await browser.newPage({ viewport: { width: 1200, height: 860 } })
  await view.goto(url)
  await view.locator('.rows tbody tr').nth(20).waitFor({ timeout: 60_000 })
  await view.waitForTimeout(20_000)
  await view.screenshot({ path: join(pictures, 'live-page.png') })
  const top = await terminal(80, 24, `${process.execPath} ${cli} top --utc ${live}`, 15)
  picture('top.svg', terminalSvg('mprtap top', top, 80))
  for (const child of [server, writer]) {
    child.kill()
    await once(child, 'exit')
  }
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  mkdirSync(pictures, { recursive: true })
  mprtap('generate', '--folder', rings, '--seed', '3', '--operations', '500', '--users', '12')
  await reportPictures(browser)
  await livePictures(browser)
  const watch = `${process.execPath} ${cli} watch --from oldest --count 12 --explain --utc --server 'nas*' ${rings} 2>/dev/null`
  picture('watch.svg', terminalSvg('mprtap watch --explain', await terminal(110, 24, watch, 3), 110))
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
