// What a service writes into the event log: start, end, losses, faults, and not without end.

import { expect, it } from 'vitest'
import { EVENTS, ServiceEvents } from '../../host/cli/service-events.ts'

function events() {
  const written: [string, number, string][] = []
  let now = 0
  const log = { write: (kind: string, id: number, text: string) => written.push([kind, id, text]) > 0 }
  return { written, service: new ServiceEvents(log, () => now), at: (hours: number) => (now = hours * 3_600_000) }
}

it('start and end are told, an end that went wrong as an error', () => {
  const { written, service } = events()
  service.started('watch', '1.0.0')
  service.ended('watch', 0)
  service.ended('watch', 1)
  expect(written.map(([kind, id]) => [kind, id])).toEqual([
    ['information', EVENTS.started],
    ['information', EVENTS.ended],
    ['error', EVENTS.failed],
  ])
  expect(written[0]![2]).toBe(`mprtap watch 1.0.0 has started, process ${process.pid}.`)
})

it('sixty losses and faults an hour are told; how many were left out is told in the next hour, or at the end', () => {
  const { written, service, at } = events()
  for (let i = 0; i < 100; i++) i % 2 ? service.loss(`loss ${i}`) : service.fault(`fault ${i}`)
  expect(written).toHaveLength(60)
  expect(written[1]).toEqual(['warning', EVENTS.loss, 'loss 1'])
  at(1)
  service.loss('later')
  expect(written.slice(60).map(([, , text]) => text)).toEqual(['40 more losses and faults were not written here.', 'later'])
  for (let i = 0; i < 60; i++) service.loss('again')
  service.ended('watch', 0)
  expect(written.at(-2)![2]).toBe('1 more losses and faults were not written here.')
})
