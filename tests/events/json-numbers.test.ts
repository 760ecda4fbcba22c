// Numbers in JSON: a parser with integer types reads every field that counts or names something, whatever stands in the records.

import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { notificationJson, openTap, operationJson } from '../../host/index.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { post, pre } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { cases } from '../sweeps.ts'

const rings = new RingsOnDisk()
/** Fields that may have a fraction (docs/cli.md, "Numbers"). */
const FRACTIONS = new Set(['durationMs', 'startTime'])
const u32 = fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1)
/** What no clock is past, and what a FILETIME ends at. */
const fileTime = fc.constantFrom(0n, 1n, 134_120_736_000_000_001n, 2n ** 63n - 1n)
const u64 = fc.constantFrom(0n, 1n, 3n, 10_000_000n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n)
const fields = fc.record({
  operationStatus: u32,
  flags: u32,
  processId: u32,
  threadId: u32,
  sessionId: u32,
  resourceType: u32,
  wallTime: fileTime,
  processStartTime: fileTime,
  logonId: u64,
})
const clock = fc.record({ ticks: u64, ticksPerSecond: u64 })

/** They fill the ring, so that no slot of it is waited for. */
const OPERATIONS = 16

/** Every number of a line, with the name of its field, as it is written there. */
function numbersOf(line: string): [string, string][] {
  const withoutTexts = line.replace(/"(?:[^"\\]|\\.)*"(?!:)/g, '""')
  return [...withoutTexts.matchAll(/"([\w.]+)":(-?[\d.][^,}\]]*)/g)].map(([, name, number]) => [name!, number!])
}

async function linesOf(level: 'operation' | 'notification'): Promise<string[]> {
  const tap = await openTap({ sources: [rings.directory], follow: false, level })
  const lines: string[] = []
  for await (const event of tap) lines.push(event.type === 'operation' ? operationJson(event) : notificationJson(event))
  return lines
}

it('are whole, between -2^53 and 2^53 and without an exponent, but for durationMs and startTime', { timeout: 60_000 }, async () => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fields, clock, clock), { minLength: OPERATIONS, maxLength: OPERATIONS }), async (operations) => {
      const ring = RingWriter.create({ sid: 'S-1-5-18', slotCountLog2: 5 })
      // The last sequences that there are.
      ring.setHead(2n ** 53n - 64n)
      for (const [own, before, after] of operations) {
        const sequence = ring.append(pre({ ...own, ...before }))!
        ring.append(post(sequence, { ...own, ...after }))
      }
      writeFileSync(rings.path(), ring.bytes)
      for (const level of ['operation', 'notification'] as const) {
        for (const line of await linesOf(level)) {
          for (const [name, number] of numbersOf(line)) {
            seen++
            if (FRACTIONS.has(name)) {
              expect(number, line).toMatch(/^-?\d+(?:\.\d+)?(?:e-\d+)?$/)
              continue
            }
            expect(number, `${name} of ${line}`).toMatch(/^-?\d+$/)
            expect(Number.isSafeInteger(Number(number)), `${name} of ${line}`).toBe(true)
          }
        }
      }
    }),
    { numRuns: cases(30) },
  )
  expect(seen).toBeGreaterThan(cases(400))
})
