// A real Prometheus scrapes a real serve; every query of the dashboard gives data; every alert has a test in which it fires, and one in which it clears.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isNotReached } from '../../host/analysis/remote-name.ts'
import { statusName, statusNames } from '../../host/model/status.ts'
import { NAMED_ERRORS } from '../../host/sinks/prometheus.ts'
import { killAll, mprtap, type Run } from '../cli/command.ts'
import { PrometheusServer } from './prometheus-server.ts'

const ROOT = join(import.meta.dirname, '../..')
const ALERTS = join(ROOT, 'deploy/prometheus/mprtap-alerts.yml')
const ALERT_TESTS = join(import.meta.dirname, 'alerts.test.yml')
const DASHBOARD = join(ROOT, 'deploy/grafana/mprtap.json')

/** Grafana’s variable, as it is written in a dashboard. */
const DATASOURCE = '$' + '{datasource}'

const rules = readFileSync(ALERTS, 'utf8')
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)

interface Panel {
  readonly title: string
  readonly datasource: { readonly uid: string }
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[]
}
const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
  readonly id: null
  readonly uid: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const))

/** As Grafana fills in its variables. */
const filled = (expression: string) =>
  expression.replaceAll('$__rate_interval', '10s').replaceAll('$__range', '1m').replaceAll('$job', '.+').replaceAll('$instance', '.+')

describe('the alert rules', () => {
  it('are rules', () => {
    expect(spawnSync('promtool', ['check', 'rules', '--lint-fatal', ALERTS], { encoding: 'utf8' })).toMatchObject({ status: 0 })
  })

  it('fire and clear as their tests say', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', ALERT_TESTS], { encoding: 'utf8' })
    expect({ status, said: stderr || stdout }).toMatchObject({ status: 0 })
  })

  it.each(alerts)('%s has a time at which it fires, one at which it does not, one later at which it has cleared, and a runbook', (name) => {
    const tested = readFileSync(ALERT_TESTS, 'utf8').split(`alertname: ${name}\n`).slice(1)
    const fires = tested.map((text) => !text.trimStart().startsWith('exp_alerts: []'))
    expect(fires.filter(Boolean)).toHaveLength(1)
    expect(fires.filter((fired) => !fired).length).toBeGreaterThan(0)
    expect(rules).toContain(`runbook: docs/runbooks.md#${name.toLowerCase()}`)
    expect(readFileSync(join(ROOT, 'docs/runbooks.md'), 'utf8')).toContain(`\n## ${name}\n`)
  })

  it('name only errors that the metrics name, and all that mean that no server was reached', () => {
    const named = NAMED_ERRORS.map((status) => statusName(status))
    const inRule = (alert: string) => {
      const [, list = ''] = new RegExp(`alert: ${alert}\\n[^-]*?error=~"ERROR_\\((.*?)\\)"`).exec(rules) ?? []
      return list.split('|').map((name) => `ERROR_${name}`)
    }
    const notReached = [...statusNames()].filter(([status]) => isNotReached(status)).map(([, name]) => name)
    expect(inRule('MprtapServersNotReached').sort()).toEqual(notReached.sort())
    for (const name of [...inRule('MprtapServersNotReached'), ...inRule('MprtapLogonsRefused')]) expect(named).toContain(name)
  })
})

describe('the dashboard', () => {
  it('can be brought into any Grafana: no id, no data source of ours, nobody’s names', () => {
    expect([dashboard.id, dashboard.uid]).toEqual([null, 'mprtap'])
    for (const { datasource, targets } of dashboard.panels)
      for (const { uid } of [datasource, ...targets.map((target) => target.datasource)]) expect(uid).toBe(DATASOURCE)
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance'])
    expect(readFileSync(DASHBOARD, 'utf8')).not.toMatch(/127\.0\.0\.1|localhost|9464/)
  })
})

describe('serve --label', () => {
  it.each(['user', 'share', 'Server', ''])('refuses "%s": only servers may become a label', async (label) => {
    const run = mprtap('serve', '--label', label)
    expect(await run.ended()).toBe(2)
    expect(run.stderr).toContain('Allowed choices are server.')
  })
})

describe('a real Prometheus', () => {
  let folder: string
  let serve: Run
  let prometheus: PrometheusServer | undefined
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mprtap-prometheus-'))
    const generate = mprtap('generate', '--folder', join(folder, 'rings'), '--users', '5', '--follow', '300')
    serve = mprtap('serve', '--token-file', join(folder, 'token'), '--label', 'server', join(folder, 'rings'))
    await serve.until(({ stdout }) => stdout.includes('Metrics:'))
    const [, port] = /127\.0\.0\.1:(\d+)\/metrics/.exec(serve.stdout) ?? []
    expect(generate.child.exitCode).toBe(null)
    prometheus = await PrometheusServer.start(join(folder, 'prometheus'), `127.0.0.1:${port}`, join(folder, 'token'))
    // Rates need two scrapes, and something that failed between them.
    await prometheus.until('rate(mprtap_records_total[10s]) > 0 and on() sum(rate(mprtap_operations_total{outcome="failed"}[10s])) > 0')
  }, 90_000)
  afterAll(async () => {
    await prometheus?.stop()
    killAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  it('scrapes serve with the token from its file, which its owner alone can read', async () => {
    expect(await prometheus!.targets()).toMatchObject([{ health: 'up', lastError: '' }])
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
    expect(serve.stderr).toBe('')
  })

  it('can evaluate every rule', async () => {
    await prometheus!.until('count_over_time(up[5s]) > 2')
    const loaded = await prometheus!.rules()
    expect(loaded.map(({ name }) => name).sort()).toEqual([...alerts].sort())
    for (const { health, lastError } of loaded) expect({ health, lastError }).toEqual({ health: 'ok', lastError: undefined })
  })

  it.each(queries)('has data for the panel "%s": %s', async (_, expression) => {
    const samples = await prometheus!.until(filled(expression))
    for (const { value } of samples) expect(Number(value[1])).not.toBe(Number.NaN)
  })
})
