// Options that contradict each other, or mean nothing, are a wrong command line (exit code 2) on every system, before anything is looked at.

import { expect, it } from 'vitest'
import { mprtap } from './command.ts'

it.each([
  ['control', '--on', '--off'],
  ['doctor', '--share', 'nothing'],
  ['doctor', '--share', 'C:\\share'],
])('%s %s %s', async (...words) => {
  const run = mprtap(...words)
  expect([await run.ended(), run.stdout]).toEqual([2, ''])
})
