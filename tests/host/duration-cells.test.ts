import { expect, it } from 'vitest'
import { GROUP_CELLS } from '../../assembly/abi.ts'
import { beginningOf, CELLS, cellOf, middleOf } from '../../host/model/duration-cells.ts'

it('the host has as many cells of durations as the core', () => expect(CELLS).toBe(GROUP_CELLS))

it('each cell begins with itself, and its middle is in it', () => {
  for (let cell = 0; cell < CELLS; cell++) expect([cellOf(beginningOf(cell)), cellOf(middleOf(cell))]).toEqual([cell, cell])
})

it('no duration is without a cell', () => {
  expect([0, 0.0004, 1e300, Number.POSITIVE_INFINITY].map(cellOf)).toEqual([0, 0, CELLS - 1, CELLS - 1])
})
