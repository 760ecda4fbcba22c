// From which machine a session is used: told at once when it is known, never waited for, asked for again after a while, and bounded.

import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { formatOperation } from '../../host/cli/output/format-operation.ts'
import { lineStyleFor } from '../../host/cli/output/line-style.ts'
import type { CommandContext } from '../../host/cli/verb.ts'
import { systemClock } from '../../host/system/clock.ts'
import { askWindows, SessionClients } from '../../host/system/sessions.ts'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { operation } from '../cli/events.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('clients of sessions', () => {
  it('are looked up one at a time, told from then on, and asked for again after half a minute', async () => {
    let now = 0
    const asked: number[] = []
    let answer: (name: string | undefined) => void = () => {}
    const ask = (session: number) => {
      asked.push(session)
      return new Promise<string | undefined>((resolve) => {
        answer = resolve
      })
    }
    const clients = new SessionClients(ask, { ...systemClock, now: () => now })
    expect([clients.nameOf(2), clients.nameOf(3), clients.nameOf(2)]).toEqual([undefined, undefined, undefined])
    expect(asked).toEqual([2])
    answer('LAPTOP-7')
    await settled()
    expect(asked).toEqual([2, 3])
    answer('')
    await settled()
    expect([clients.nameOf(2), clients.nameOf(3)]).toEqual(['LAPTOP-7', undefined])
    now = 29_999
    clients.nameOf(2)
    expect(asked).toHaveLength(2)
    now = 30_000
    expect(clients.nameOf(2)).toBe('LAPTOP-7')
    answer('THIN-9')
    await settled()
    expect(clients.nameOf(2)).toBe('THIN-9')
  })

  it('are bounded: sessions that wait, and names that are kept', async () => {
    let waiting: (() => void)[] = []
    let asked = 0
    const clients = new SessionClients(() => {
      asked++
      return new Promise((resolve) => waiting.push(() => resolve('A')))
    }, systemClock)
    for (let session = 0; session < 1000; session++) clients.nameOf(session)
    while (waiting.length > 0) {
      const now = waiting
      waiting = []
      for (const go of now) go()
      await settled()
    }
    expect(asked).toBe(64)
  })
})

describe('Windows', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  it('is asked in a process of its own, and what it hands out is given back', async () => {
    const koffi = inBuild('tests', 'sessions-koffi.cjs')
    writeFileSync(
      koffi,
      `let open = 0
const query = (server, session, kind, text, bytes) => {
  if (server !== 0 || kind !== 10 || open !== 0 || session === 9) return 0
  open++
  text[0] = session === 1 ? '\\0' : 'LAPTOP-7\\0 and more'
  bytes[0] = 2 * text[0].length
  return 1
}
module.exports = {
  load: () => ({ func: (declaration) => (declaration.includes('Query') ? query : () => open--) }),
  decode: (text, type, units) => (type === 'char16_t' ? text.slice(0, units) : undefined),
}
`,
    )
    const { ask, stop } = askWindows(koffi)
    stops.push(stop)
    expect([await ask(2), await ask(1), await ask(9), await ask(3)]).toEqual(['LAPTOP-7', '', undefined, 'LAPTOP-7'])
  })
})

describe('a line of watch', () => {
  const style = (client: string | undefined) => ({
    ...lineStyleFor({ stdout: {}, env: {} } as unknown as CommandContext, true),
    nameOf: () => 'CORP\\berger',
    clientOf: () => client,
  })

  it('has the client after the account, escaped', () => {
    expect(formatOperation(operation(), style('LAPTOP-7\u001b'))).toMatch(/CORP\\berger from LAPTOP-7\S+$/)
    expect(formatOperation(operation(), style('LAPTOP-7\u001b'))).not.toContain('\u001b')
    expect(formatOperation(operation(), style(undefined))).not.toContain(' from ')
  })
})
