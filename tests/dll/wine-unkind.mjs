// What Windows does and Wine does not, done to the shipped DLL by the program that loads it (unkind.c). docs/windows-assumptions.md names these
// cases.
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { architecture, controlFile, directory, expect, fresh, records, ringFiles, rings, runQuietly, runUnkind } from './wine-bed.mjs'

const OPLOCK_BREAK_IN_PROGRESS = '108'
const ACCESS_DENIED = 'c0000022'
const SHARING_VIOLATION = 'c0000043'
const DELETE_PENDING = 'c0000056'

const WRITTEN = ['written']
const NOTHING = ['not-written']

/** What a case leaves: what each of its notifications became, and the endings of the rings that are there. */
async function left(...args) {
  const { stdout } = await runUnkind(...args)
  const contexts = [...stdout.matchAll(/^context ([\w-]+)/gm)].map(([, context]) => context)
  return {
    contexts: contexts.join(),
    files: ringFiles()
      .map((name) => name.replace(/^S-[\d-]+\.v1/, ''))
      .join(),
  }
}

/** A case on fresh folders. */
async function unkind(sentence, args, contexts, files) {
  fresh()
  await holds(sentence, args, contexts, files)
}

/** A case on what is there. */
const holds = async (sentence, args, contexts, files) =>
  expect(sentence, await left(...args), { contexts: contexts.join(), files: files.join() })

async function filesThatKeepUsOut() {
  for (const [what, status] of [
    ['an oplock that nobody gives up', OPLOCK_BREAK_IN_PROGRESS],
    ['an access list that denies', ACCESS_DENIED],
    ['somebody who shares nothing', SHARING_VIOLATION],
    ['a deletion that waits', DELETE_PENDING],
  ]) {
    const [first, second] = status === OPLOCK_BREAK_IN_PROGRESS ? [['.1.ring', '.ring'], ['.ring']] : [['.1.ring'], []]
    await unkind(`a ring with ${what}: the next name is taken`, ['opening', '.v1.ring', status], WRITTEN, first)
    fresh()
    controlFile({ off: 1 })
    await holds(`a control file with ${what}, of which nothing is known: recording is on`, ['opening', '\\control', status], WRITTEN, [
      '.ring',
    ])
    if (status === ACCESS_DENIED)
      await unkind(`all four names with ${what}: nothing is recorded`, ['opening', '.ring', status], NOTHING, second)
  }
  fresh()
  controlFile({ off: 1 })
  await holds(
    'a control file that was read and then is kept from us is obeyed on',
    ['kept-control'],
    ['not-written', 'not-written', 'not-written'],
    [],
  )
  fresh()
  controlFile({ off: 1 })
  await holds(
    'a control file that is too short counts as missing: recording goes on',
    ['short-control'],
    ['not-written', 'written'],
    ['.ring'],
  )
  await unkind(
    'a control file that is kept from us from the beginning: recording is on',
    ['unknown-control'],
    ['written', 'written'],
    ['.ring'],
  )
}

async function ringsThatStayInTheWay() {
  for (const what of ['no-right-to-rename', 'no-replacing']) {
    fresh()
    await runQuietly('once')
    writeFileSync(join(rings, ringFiles()[0]), Buffer.alloc(528384, 0xa5))
    await holds(`a bad ring that cannot be put aside (${what}): the next name is taken`, [what], WRITTEN, ['.1.ring', '.ring'])
  }
  if (architecture !== 'x86') return
  fresh()
  await runQuietly('once')
  truncateSync(join(rings, ringFiles()[0]), 4096 + 512 * 2 ** 17)
  await holds('a ring too large for 32 bits: the next name is taken', ['unwinding'], WRITTEN, ['.1.ring', '.ring'])
}

async function settings() {
  await unkind('a directory on a mapped drive is not recorded into', ['mapped-drive'], NOTHING, [])
  for (const part of ['key', 'value']) {
    await unkind(`the ${part} is not there: the usual directory`, ['registry', part, '2'], WRITTEN, ['.ring'])
    await unkind(`the ${part} may not be read: nothing is recorded`, ['registry', part, '5'], NOTHING, [])
  }
  for (const path of ['C:rings', 'C:\\a/b', 'C:\\a.', 'C:\\'])
    await unkind(`the value is ${path}: nothing is looked for there`, ['bad-directory', path], NOTHING, [])
  await unkind('the folder is looked for once, for all files of a first notification', ['first-notification'], WRITTEN, ['.1.ring'])
  await unkind('the value is of a type that is not meant: nothing is recorded', ['registry', 'value', '1630'], NOTHING, [])
}

async function memory() {
  await unkind(
    'a full disk at the first touch of a page costs that operation; after it recording goes on',
    ['full-disk'],
    ['not-written', 'written'],
    ['.ring'],
  )
  await unkind('no address space for the ring: nothing is recorded', ['no-address-space'], NOTHING, ['.ring'])
  await unkind('after a call with a short stack recording goes on', ['stack-guarantee'], WRITTEN, ['.ring'])
}

async function tokens() {
  await unkind('a thread that hides whom it impersonates is recorded for nobody', ['thread-token'], NOTHING, [])
  await unkind('a process whose token cannot be opened records nothing', ['process-token'], NOTHING, [])
  const inUsers = () => readdirSync(join(directory, 'users')).length
  await unkind('who is no member of Administrators records, not among the administrators', ['membership'], ['written', 'written'], [])
  expect('but into users', { files: inUsers() }, { files: 1 })
  await unkind('a thread that impersonates is recorded', ['impersonation'], ['written', 'written', 'written'], ['.ring'])
  const impersonated = records().map(({ recordFlags }) => recordFlags & 8) // RECORD_FLAG_IMPERSONATED
  expect('its records, and no others, say so', { impersonated: impersonated.join() }, { impersonated: '0,0,8,8,0,0' })
  await unkind('a token whose files belong to a group by default: the user records all the same', ['group-owner'], WRITTEN, [])
  expect('into one file', { files: inUsers() }, { files: 1 })
}

/** The tests. */
export async function unkindWindows() {
  await unkind('after exceptions notifications are recorded as before', ['unwinding'], WRITTEN, ['.ring'])
  await filesThatKeepUsOut()
  await ringsThatStayInTheWay()
  await settings()
  await memory()
  await tokens()
  fresh()
  await runUnkind('unloaded-between')
  const [pre, post] = records()
  expect(
    'a PRE and its POST with an unloading between them are one operation',
    { ...post, pre: pre.notifyStatus },
    { context: '1', pre: 1 },
  )
}
