// Many browsers at once, on a real serve over real rings: what tests/serve/load.mjs counts. Run that by hand for more clients and a longer time.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('100 browsers, ten of which do not read, lose the tap nothing, and each is told how many rows it did not get', {
  timeout: 180_000,
}, () => {
  const program = join(import.meta.dirname, 'load.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--clients', '100', '--rate', '2000', '--seconds', '4'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>
  expect(found).toMatchObject({ clients: 100, slow: 10, lost: 0, refused: 0, wronglyTold: 0, unequal: 0 })
  expect(found.operations).toBeGreaterThan(0)
  expect(found.rssMegabytes).toBeLessThan(400)
})
