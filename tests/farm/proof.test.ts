// The whole farm with faults, for a minute: `npm run farm` runs it as long as one likes, and with a forwarder on Windows. Wine's tests use the prefix here.

import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'

it('has each record at the reader once, or told as lost, whatever dies in a minute', async () => {
  const args = [inRoot('tests/farm/proof/run.mjs'), '--minutes', '1', '--hosts', '12', '--windows', '0', '--json']
  const run = await new Promise<{ isGood: boolean; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve({ isGood: !error, stdout, stderr })),
  )
  const last = run.stdout.trim().split('\n').at(-1) ?? ''
  expect(last, run.stderr).toMatch(/^\{/)
  const { produced, delivered, toldLost, lost, repeated, wrong, faults, counted, uncounted } = JSON.parse(last)
  expect({ lost, repeated, wrong }, last).toEqual({ lost: 0, repeated: 0, wrong: 0 })
  expect(delivered + toldLost).toBe(produced)
  expect(counted + uncounted).toBe(produced)
  expect(produced).toBeGreaterThan(1000)
  expect(Object.keys(faults).length).toBeGreaterThan(3)
  expect(run.isGood).toBe(true)
}, 300_000)
