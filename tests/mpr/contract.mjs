// What a notifyee owes to the programs that it is loaded into, tried under Wine with the stand-in for MPR: node tests/mpr/contract.mjs [DLL]
// Ours keeps it; three bad ones (contract/) break it, each in its own way, and have to be found out. With a DLL of yours: whether that keeps it.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compile, link } from '../../scripts/lib/cross.mjs'
import { alone } from '../../scripts/lib/lock.mjs'
import { inBuild } from '../../scripts/lib/paths.mjs'
import { expandable, importRegistry, registryFile, removed } from '../../scripts/lib/registry.mjs'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { wine64 } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix, notifyeeKeys } from '../../scripts/lib/wine-prefix.mjs'

const folder = inBuild('bed', 'contract')
/** A program that does this takes well below a second; a notifyee that makes it wait for so long makes it wait for ever. */
const PATIENCE_MS = 20_000
/** Every kind of call, and every kind of end. */
const commands = [
  'add K: \\\\fs01\\home',
  'add Q: \\\\fs01\\scans',
  'add - \\\\fs02\\noletter',
  'add L: \\\\gone\\x',
  'add M: \\\\fs01\\denied',
  'add N: \\\\fs01\\cancelled',
  'cancel K:',
  'cancel Q:',
  'cancel \\\\fs02\\noletter',
  'cancel X:',
]
const notifyees = Object.keys(notifyeeKeys)[0]

async function runClient() {
  const { code, timedOut, stdout } = await wine64.run(join(bedDirectory(), 'client.exe'), commands, { timeoutMs: PATIENCE_MS })
  return { code, timedOut, statuses: [...stdout.matchAll(/^ *(\d+) {2}/gm)].map(([, status]) => Number(status)) }
}

/** Only this notifyee, or none, is registered while `work` runs. */
async function withNotifyee(path, work) {
  const windowsPath = path && `C:\\windows\\system32\\contract.dll`
  if (path) copyFileSync(path, join(wine64.system32, 'contract.dll'))
  await importRegistry(registryFile({ [notifyees]: { mprtap: removed(), contract: path ? expandable(windowsPath) : removed() } }))
  try {
    return await work()
  } finally {
    await importRegistry(registryFile({ [notifyees]: { ...notifyeeKeys[notifyees], contract: removed() } }))
  }
}

/** How a notifyee breaks the contract; `undefined`: it keeps it. */
async function breach(path, expected) {
  const { code, timedOut, statuses } = await withNotifyee(path, runClient)
  if (timedOut) return `holds its caller up: no answer within ${PATIENCE_MS / 1000} s`
  if (statuses.length < expected.length) return `ends its caller (exit code ${code}) in: ${commands[statuses.length]}`
  const other = statuses.findIndex((status, i) => status !== expected[i])
  if (other >= 0) return `changes what its caller gets: ${statuses[other]} instead of ${expected[other]} from: ${commands[other]}`
  return undefined
}

async function bad(name) {
  const objects = await compile('x64', [`tests/mpr/contract/${name}.c`], join(folder, name))
  const path = join(folder, `${name}.dll`)
  await link('x64', path, [...objects, resolve('tests/mpr/contract/bad.def')], ['mpr'])
  return path
}

const own = process.argv[2]
const results = await alone('wine', async () => {
  await ensureWinePrefix()
  wine64.keepWarm()
  mkdirSync(folder, { recursive: true })
  try {
    const { statuses: expected } = await withNotifyee(undefined, runClient)
    if (expected.length !== commands.length)
      throw new Error(`The client did ${expected.length} of ${commands.length} commands without a notifyee.`)
    const cases = own
      ? [[own, resolve(own), undefined]]
      : [
          ['mprtap.dll keeps the contract', inBuild('dll', 'x64', 'mprtap.dll'), undefined],
          ['one that reads what is not valid is found out', await bad('reads_poison'), /^ends its caller/],
          ['one that waits is found out', await bad('waits'), /^holds its caller up/],
          ['one that makes connections of its own is found out', await bad('connects'), /^changes what its caller gets/],
        ]
    const seen = []
    for (const [name, path, wanted] of cases) {
      const found = await breach(path, expected)
      seen.push({ name, found, isRight: wanted ? wanted.test(found ?? '') : found === undefined })
    }
    return seen
  } finally {
    wine64.stop()
  }
})
for (const { name, found, isRight } of results)
  process.stdout.write(`${isRight ? 'ok    ' : 'FAILED'} ${name}${found ? `: ${found}` : ''}\n`)
const failed = results.filter(({ isRight }) => !isRight).length
process.stdout.write(`contract: ${results.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
