// A lock of the clone (scripts/lib/lock.mjs) has one holder at a time, whatever becomes of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'

const name = `test-${process.pid}`
const program = `
  const { take } = await import(${JSON.stringify(pathToFileURL(inRoot('scripts/lib/lock.mjs')).href)})
  const release = await take(${JSON.stringify(name)})
  console.log('has it')
  process.stdin.once('data', () => {
    console.log('gives it back')
    release()
  })`

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function start(said: string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  running.push(child)
  const lines = createInterface({ input: child.stdout! })
  lines.on('line', (line) => said.push(line))
  return { child, line: () => once(lines, 'line') }
}

it('a second process waits until the first gives it back', async () => {
  const said: string[] = []
  const first = start(said)
  await first.line()
  const others = [start(said), start(said)]
  first.child.stdin!.write('\n')
  await Promise.race(others.map(({ line }) => line()))
  expect(said.slice(0, 3)).toEqual(['has it', 'gives it back', 'has it'])
})

it('a holder that is killed has it no longer, and of many that wait one gets it', async () => {
  const said: string[] = []
  const first = start(said)
  await first.line()
  const others = Array.from({ length: 4 }, () => start(said))
  first.child.kill('SIGKILL')
  const next = others.map(({ child, line }) => line().then(() => child))
  // One after the other: each is killed as it holds the lock, so that two at once would show as a second line before the kill.
  for (let had = 2; had <= 5; had++) {
    const holder = await Promise.race(next.filter((_, i) => others[i]!.child.signalCode === null))
    expect(said).toHaveLength(had)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
  expect(said).toEqual(Array(5).fill('has it'))
})
