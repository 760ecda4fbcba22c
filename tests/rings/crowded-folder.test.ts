// Anybody may put files into the folder of users' rings. So many are looked at; that there are more is told.

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'

const NAMES_MAX = 20_000
const root = mkdtempSync(join(tmpdir(), 'mprtap-crowd-'))
const users = join(root, 'users')
afterAll(() => rmSync(root, { recursive: true, force: true }))

function addNames(first: number, end: number): void {
  for (let name = first; name < end; name++) closeSync(openSync(join(users, `x${name}`), 'w'))
}

async function told(): Promise<string[]> {
  const texts: string[] = []
  const tap = await openTap({ sources: [root], onDiagnostic: ({ code, text }) => void texts.push(`${code}: ${text}`) })
  await tap.close()
  return texts
}

it('a folder with more than 20,000 names is told of, and not one with as many', async () => {
  mkdirSync(users)
  addNames(0, NAMES_MAX)
  expect(await told()).toEqual([])
  addNames(NAMES_MAX, NAMES_MAX + 1)
  expect(await told()).toEqual([
    `folder-crowded: ${users} has more than 20000 names; rings among the others are not read. See who makes names there that do not end in .ring, and move them away.`,
  ])
})
