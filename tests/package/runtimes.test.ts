// The installed package in each Node: imported, required, in a worker, and where native code is forbidden.
import { existsSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { nodes } from '../../scripts/lib/tools.mjs'
import { IMPORT, READ, UserFolder } from './user.ts'

let user: UserFolder
beforeEach(() => {
  user = new UserFolder()
})

const programs = Object.entries({ 'this Node': process.execPath, ...nodes }).filter(([, path]) => existsSync(path))

describe.each(programs)('%s', (_, node) => {
  it('imports it', () => {
    expect(user.run(node, user.write('main.mjs', IMPORT + READ))).toEqual({ status: 0, stdout: '20\n', stderr: '' })
  })

  it('requires it', () => {
    const text = `const { openTap } = require('mprtap')\nconst { writeRings } = require('mprtap/testing')\n;(async () => {${READ}})()`
    const { status, stdout } = user.run(node, user.write('main.cjs', text))
    expect({ status, stdout }).toEqual({ status: 0, stdout: '20\n' })
  })
})

it('a worker reads rings', () => {
  user.write('worker.mjs', IMPORT + READ)
  const main = user.write('main.mjs', `import { Worker } from 'node:worker_threads'\nnew Worker(new URL('worker.mjs', import.meta.url))\n`)
  expect(user.run(process.execPath, main)).toEqual({ status: 0, stdout: '20\n', stderr: '' })
})

it('the command runs by its name', () => {
  const { stdout } = user.run('npx', '--no-install', 'mprtap', '--version')
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
