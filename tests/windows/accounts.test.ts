// Names of accounts: told at once when they are known, never waited for, and asked for again where nobody knew them.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import type { AccountAnswer, AccountDirectory, AccountQuestion } from '../../host/model/accounts.ts'
import type { Clock } from '../../host/model/clock.ts'
import { AccountHelper } from '../../host/system/account-helper.ts'
import { Accounts } from '../../host/system/accounts.ts'
import { systemClock } from '../../host/system/clock.ts'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'

/** A clock that stands until it is set. Timers are the real ones. */
class SetClock implements Clock {
  time = 1000
  now = () => this.time
  wall = () => 1_700_000_000_000 + this.time
  timer = systemClock.timer
  breathe = systemClock.breathe
  sleep = systemClock.sleep
}

/** A directory that answers when it is told to. */
class Directory implements AccountDirectory {
  readonly asked: AccountQuestion[] = []
  answer: (answer: AccountAnswer) => void = () => {}

  ask(question: AccountQuestion): Promise<AccountAnswer> {
    this.asked.push(question)
    return new Promise((resolve) => {
      this.answer = resolve
    })
  }

  stop(): void {
    this.answer({ failed: 'late' })
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

async function answers(directory: Directory, answer: AccountAnswer): Promise<void> {
  directory.answer(answer)
  await settled()
}

describe('accounts', () => {
  it('say what they know at once, look up what they do not, and keep the name with its time', async () => {
    const [directory, clock] = [new Directory(), new SetClock()]
    const accounts = new Accounts(directory, clock)
    expect(accounts.nameOf('S-1-5-18')).toBeUndefined()
    expect(directory.asked).toEqual([{ sid: 'S-1-5-18' }])
    clock.time = 2000
    await answers(directory, { found: 'NT AUTHORITY\\SYSTEM' })
    expect(accounts.nameOf('S-1-5-18')).toEqual({ name: 'NT AUTHORITY\\SYSTEM', at: 1_700_000_002_000 })
    expect(directory.asked).toHaveLength(1)
  })

  it.each(['none', 'late'] as const)('do not keep "%s": the account is asked for again after half a minute', async (failed) => {
    const [directory, clock] = [new Directory(), new SetClock()]
    const accounts = new Accounts(directory, clock)
    accounts.nameOf('S-1-5-21-1')
    await answers(directory, { failed })
    clock.time += 29_999
    expect(accounts.nameOf('S-1-5-21-1')).toBeUndefined()
    expect(directory.asked).toHaveLength(1)
    clock.time += 1
    accounts.nameOf('S-1-5-21-1')
    await answers(directory, { found: 'CORP\\late' })
    expect(accounts.nameOf('S-1-5-21-1')?.name).toBe('CORP\\late')
  })

  it('ask one question at a time, and note so many only', async () => {
    const directory = new Directory()
    const accounts = new Accounts(directory, new SetClock())
    for (let n = 0; n < 5000; n++) accounts.nameOf(`S-1-5-21-${n}`)
    expect(directory.asked).toHaveLength(1)
    let count = 1
    for (; ; count++) {
      await answers(directory, { found: `CORP\\u${count}` })
      if (directory.asked.length === count) break
    }
    expect(count).toBe(1024)
  })

  it('keep so many names only; those that were asked for least lately make room', async () => {
    const directory = new Directory()
    const accounts = new Accounts(directory, new SetClock())
    for (let n = 0; n <= 4096; n++) {
      accounts.nameOf(`S-1-5-21-${n}`)
      await answers(directory, { found: `u${n}` })
      accounts.nameOf('S-1-5-21-0')
    }
    expect(accounts.nameOf('S-1-5-21-0')?.name).toBe('u0')
    expect(accounts.nameOf('S-1-5-21-4096')?.name).toBe('u4096')
    expect(accounts.nameOf('S-1-5-21-1')).toBeUndefined()
  })

  it('wait for several names no longer than told, and give what is known by then', async () => {
    const directory = new Directory()
    const accounts = new Accounts(directory, new SetClock())
    const found = accounts.namesOf(['S-1-5-21-1', 'S-1-5-21-2', 'S-1-5-21-1'], 50)
    await answers(directory, { found: 'CORP\\one' })
    expect([...(await found)].map(([sid, { name }]) => [sid, name])).toEqual([['S-1-5-21-1', 'CORP\\one']])
    const all = accounts.namesOf(['S-1-5-21-1', 'S-1-5-21-2'], 60_000)
    await answers(directory, { found: 'CORP\\two' })
    expect((await all).size).toBe(2)
  })
})

describe('the helper that looks accounts up', () => {
  const koffi = inRoot('tests/windows/slow-koffi.cjs')
  const helpers: AccountHelper[] = []
  const helper = () => {
    const made = new AccountHelper(koffi)
    helpers.push(made)
    return made
  }
  afterEach(() => {
    for (const made of helpers.splice(0)) made.stop()
  })

  it('gives names of SIDs and SIDs of names, and says which there are not', async () => {
    const made = helper()
    const ask = (question: AccountQuestion) => made.ask(question, 20_000)
    expect(await ask({ sid: 'S-1-5-21-1-2-3-1000' })).toEqual({ found: 'CORP\\user1000' })
    expect(await ask({ sid: 'S-1-5-21-1-2-3-5' })).toEqual({ failed: 'none' })
    expect(await ask({ sid: 'no SID' })).toEqual({ failed: 'none' })
    expect(await ask({ name: 'CORP\\berger' })).toEqual({ found: 'S-1-5-21-1-2-3-1000' })
    expect(await ask({ name: 'CORP\\"; nobody\n' })).toEqual({ failed: 'none' })
  })

  it('is given up when a look-up takes too long, and the next account is asked for all the same', async () => {
    const made = helper()
    expect(await made.ask({ sid: 'S-1-5-21-1-2-3-7' }, 300)).toEqual({ failed: 'late' })
    expect(await made.ask({ sid: 'S-1-5-21-1-2-3-1001' }, 20_000)).toEqual({ found: 'CORP\\user1001' })
  })

  it('asks nobody where there is no Windows', async () => {
    expect(await new AccountHelper().ask({ sid: 'S-1-5-18' }, 1000)).toEqual({ failed: 'none' })
  })

  it.each(['by itself', 'with process.exit'])('keeps no program from ending %s while a domain controller does not answer', async (how) => {
    const outfile = inBuild('tests/windows/accounts.mjs')
    await build({
      stdin: {
        contents: `import { Accounts } from './host/system/accounts.ts'
import { AccountHelper } from './host/system/account-helper.ts'
import { systemClock } from './host/system/clock.ts'
const accounts = new Accounts(new AccountHelper(${JSON.stringify(koffi)}), systemClock)
accounts.nameOf('S-1-5-21-1-2-3-7')
console.log('asked')
if (process.argv[2]) setTimeout(() => process.exit(0), 300)`,
        resolveDir: inRoot(),
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['koffi'],
    })
    const args = how === 'by itself' ? [] : ['exit']
    // Its limit for one look-up is 15 seconds, and the call itself never returns.
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args], { timeout: 12_000 })
    expect(stdout).toBe('asked\n')
  })
})
