import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const torture = async (...options: string[]) => {
  const command = [join(root, 'tests/torture/run.mjs'), '--json', ...options]
  // Rejects, with what was said on standard error, unless all is accounted for.
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root })
  return JSON.parse(stdout)
}
const harmless = { pending: 0, duplicates: 0, torn: 0, unaccounted: 0, readerHangs: 0, crashes: 0 }

it('producers and readers that are killed, stopped and restarted lose nothing that is not accounted for', async () => {
  const result = await torture('--seconds', '5', '--seed', '7', '--mutate')
  expect(Object.keys(result)).toEqual([
    ...['produced', 'delivered', 'overrun', 'abandoned', 'late', 'corrupt', 'pending', 'duplicates', 'torn', 'unaccounted'],
    ...['kills', 'readerRestarts', 'readerHangs', 'crashes'],
  ])
  expect(result).toMatchObject(harmless)
  expect(result.delivered).toBeGreaterThan(0)
  expect(result.kills).toBeGreaterThan(0)
}, 120_000)

it('in a ring that is large enough, without kills, all that was produced is delivered', async () => {
  const result = await torture('--seconds', '3', '--seed', '7', '--no-kills', '--slots-log2', '20', '--records', '20000')
  expect(result).toMatchObject({ ...harmless, delivered: result.produced, overrun: 0, abandoned: 0, corrupt: 0, kills: 0 })
  expect(result.produced).toBeGreaterThan(1000)
}, 120_000)
