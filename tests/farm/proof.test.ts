// The whole farm with faults, for a minute: `npm run farm` runs it as long as one likes.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'

it('has each record at the reader once, or told as lost, whatever dies in a minute', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [inRoot('tests/farm/proof/run.mjs'), '--minutes', '1', '--hosts', '12', '--json'],
    {
      maxBuffer: 1 << 26,
    },
  )
  const { produced, delivered, toldLost, lost, repeated, wrong, faults } = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect({ lost, repeated, wrong }).toEqual({ lost: 0, repeated: 0, wrong: 0 })
  expect(delivered + toldLost).toBe(produced)
  expect(produced).toBeGreaterThan(1000)
  expect(Object.keys(faults).length).toBeGreaterThan(3)
}, 300_000)
