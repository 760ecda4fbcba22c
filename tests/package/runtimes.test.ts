// The installed package in each Node: imported, required, in a worker, and by the name of its command.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { nodes } from '../../scripts/lib/tools.mjs'
import { cell } from './cells.ts'
import { IMPORT, READ, READ_AT_REST, REQUIRE, UserFolder } from './user.ts'

let user: UserFolder
beforeEach(() => {
  user = new UserFolder()
})

const named = (node: string) => `Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1)}`
const programs = [process.execPath, ...Object.values(nodes)].filter((path) => existsSync(path)).map((path) => [named(path), path] as const)

describe.each(programs)('%s', (name, node) => {
  it('imports it', (test) => {
    cell(test, name, 'import')
    cell(test, name, 'live')
    expect(user.run(node, user.write('main.mjs', IMPORT + READ))).toEqual({ status: 0, stdout: '20\n', stderr: '' })
  })

  it('requires it', (test) => {
    cell(test, name, 'require')
    const { status, stdout } = user.run(node, user.write('main.cjs', REQUIRE))
    expect({ status, stdout }).toEqual({ status: 0, stdout: '20\n' })
  })

  it('reads rings at rest', (test) => {
    cell(test, name, 'rest')
    expect(user.run(node, user.write('main.mjs', IMPORT + READ_AT_REST))).toEqual({ status: 0, stdout: '20\n', stderr: '' })
  })
})

it('a worker reads rings', (test) => {
  cell(test, 'a worker thread', 'import')
  cell(test, 'a worker thread', 'live')
  user.write('worker.mjs', IMPORT + READ)
  const main = user.write('main.mjs', `import { Worker } from 'node:worker_threads'\nnew Worker(new URL('worker.mjs', import.meta.url))\n`)
  expect(user.run(process.execPath, main)).toEqual({ status: 0, stdout: '20\n', stderr: '' })
})

it('the command runs by its name', () => {
  const { stdout } = user.run('npx', '--no-install', 'mprtap', '--version')
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
