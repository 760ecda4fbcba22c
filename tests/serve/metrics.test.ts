// Metrics: what they say, that promtool finds no fault with them, and that strangers cannot make labels.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { PrometheusMetrics, SERVERS_MAX } from '../../host/sinks/prometheus.ts'
import { operation } from './fake-tap.ts'

const FIGURES = { delivered: 10, overrun: 3, abandoned: 1, corrupt: 0, waiting: 2, pending: 5, rings: 4, gaveUp: 1, faults: 0 }
const metricsOf = (options = {}) => new PrometheusMetrics({ version: '1.2.3', figures: () => FIGURES, ...options })
const bad = { code: 53, name: 'ERROR_BAD_NETPATH' }

describe('metrics', () => {
  it('count operations, errors, durations, records and losses', async () => {
    const metrics = metricsOf()
    metrics.count(operation())
    metrics.count(operation({ outcome: 'failed', status: 53, error: bad, durationMs: 21_000 } as never))
    metrics.count(operation({ outcome: 'failed', status: 4711, error: { code: 4711, name: undefined } } as never))
    const { body } = await metrics.text()
    for (const line of [
      'mprtap_operations_total{kind="add",outcome="failed"} 2',
      'mprtap_operations_total{kind="cancel",outcome="unfinished"} 0',
      'mprtap_errors_total{error="ERROR_BAD_NETPATH"} 1',
      'mprtap_errors_total{error="other"} 1',
      'mprtap_operation_duration_seconds_count{kind="add",outcome="failed"} 2',
      'mprtap_records_total 10',
      'mprtap_lost_records_total{reason="overrun"} 3',
      'mprtap_unrecorded_notifications_total{reason="gave_up"} 1',
      'mprtap_operations_in_flight 2',
      'mprtap_rings 4',
      'mprtap_build_info{version="1.2.3"} 1',
    ])
      expect(body).toContain(line)
  })

  it('do not count twice what two scrapes see', async () => {
    const metrics = metricsOf()
    await metrics.text()
    expect((await metrics.text()).body).toContain('mprtap_lost_records_total{reason="overrun"} 3')
  })

  it('have no fault that promtool knows', async () => {
    const { body } = await metricsOf({ byServer: true }).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' })
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
  })

  it('are OpenMetrics for who asks for it', async () => {
    const { type, body } = await metricsOf().text('application/openmetrics-text; version=1.0.0')
    expect(type).toContain('application/openmetrics-text')
    expect(body.trimEnd().endsWith('# EOF')).toBe(true)
  })

  it('never have a user, a share or a remote name in them', async () => {
    const metrics = metricsOf({ byServer: true })
    metrics.count(operation({ remoteName: '\\\\fs01\\secret-share', user: 'S-1-5-21-9' }))
    const { body } = await metrics.text()
    expect(body).not.toMatch(/secret-share|S-1-5-21-9/)
    expect(body).toContain('mprtap_server_operations_total{server="fs01",outcome="succeeded"} 1')
  })

  it('have a bounded number of servers, and say how many', async () => {
    const metrics = metricsOf({ byServer: true })
    for (let i = 0; i < SERVERS_MAX + 10; i++) metrics.count(operation({ remoteName: `\\\\s${i}\\a` }))
    const { body } = await metrics.text()
    expect(body.match(/mprtap_server_operations_total\{/g)).toHaveLength(SERVERS_MAX + 1)
    expect(body).toContain('mprtap_server_operations_total{server="other",outcome="succeeded"} 10')
    expect(body).toContain(`mprtap_server_label_values ${SERVERS_MAX}`)
    expect(body).toContain(`mprtap_server_label_limit ${SERVERS_MAX}`)
  })
})
