// npm test: set-up, then every tier, two at a time. Prints each tier's own report when it has ended and, last, the time and the sum.
//   npm test                    all tiers
//   npm test -- --quick         what fails quickest: at most two minutes on two cores
//   npm test -- --tier host     one tier, its report as it comes (may be repeated)
// The 32-bit tier runs where its Wine has been made already, when it is asked for, and with CI=true.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { root } from './lib/paths.mjs'
import { tiers } from './lib/tiers.mjs'
import { hasTools, toolSets } from './lib/tools.mjs'
import { hasWine32, isEmulated, whyNoWine32 } from './lib/wine32.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const options = readOptions()
const chosen = tiers.filter(({ name, quickly }) => (options.tier ? options.tier.includes(name) : !options.quick || quickly))
/** Tiers that share the Wine prefix, and the rest: each runner begins with one of the two. */
const waiting = { wine: chosen.filter(({ inWine }) => inWine), rest: chosen.filter(({ inWine }) => !inWine) }
/** What a tier says that runs alone is passed on at once. */
const isLive = chosen.length === 1
const started = performance.now()
const since = (time) => `${((performance.now() - time) / 1000).toFixed(1)} s`

function readOptions() {
  const names = tiers.map(({ name }) => name)
  const usage = `Use --quick, or --tier with one of: ${names.join(', ')}.\n`
  try {
    const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, tier: { type: 'string', multiple: true } } })
    const unknown = values.tier?.find((name) => !names.includes(name))
    if (unknown === undefined) return values
    process.stderr.write(`npm test does not know the tier "${unknown}". ${usage}`)
  } catch (error) {
    process.stderr.write(`npm test: ${error.message}\n${usage}`)
  }
  process.exit(2)
}

/** Why a tier is left out; undefined when it is to run. */
function whyLeftOut({ name, optional, tools = [] }) {
  const missing = tools.find((set) => !hasTools(set))
  if (missing) return `${toolSets[missing]} could not be installed`
  return optional ? whyNotPrepared(name) : undefined
}

function whyNotPrepared(name) {
  if (options.tier?.includes(name)) return undefined
  const reason = whyNoWine32() ?? (isEmulated ? `an emulator would run it, and take long: npm test -- --tier ${name}` : undefined)
  if (reason || hasWine32() || process.env.CI === 'true') return reason
  return `its Wine is not there yet; it takes more than a minute to make: npm test -- --tier ${name}`
}

/** Runs a command and returns what it printed. */
function run({ command, node = process.execPath, env }) {
  return new Promise((resolve) => {
    const child = spawn(node, command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    })
    let output = ''
    for (const stream of ['stdout', 'stderr']) {
      child[stream].on('data', (chunk) => {
        if (isLive) process[stream].write(chunk)
        output += chunk
      })
    }
    child.on('error', (error) => resolve({ output: `${output}${error.message}\n`, ended: error.code }))
    child.on('close', (code, signal) => resolve({ output, ended: signal ?? code }))
  })
}

/** The counts of one command. */
async function count(part) {
  const { output, ended } = await run(part)
  const counts = part.read(output) ?? { passed: 0, failed: 0, skipped: 0 }
  const ran = counts.passed + counts.failed > 0
  // A command that ends badly, or runs nothing, has failed, whatever it counted.
  if ((ended !== 0 || !ran) && counts.failed === 0) counts.failed = 1
  const said = [part.name, ...part.command].filter(Boolean).join(' ')
  return { ...counts, output, note: ran ? '' : `  ${said} ran no test and ended with ${ended}` }
}

const sum = { passed: 0, failed: 0, skipped: 0 }
const lines = new Map()

async function runTier(tier) {
  const title = `── ${tier.name}: ${tier.what}\n`
  const begun = performance.now()
  process.stdout.write(isLive ? `\n${title}` : `${since(started)}: ${tier.name} begins\n`)
  const reason = whyLeftOut(tier)
  const results = reason ? [{ passed: 0, failed: 0, skipped: 1, output: '', note: `  LEFT OUT: ${reason}` }] : []
  for (const part of reason ? [] : (options.quick && tier.quickly) || tier.runs) results.push(await count(part))
  const total = (key) => results.reduce((all, result) => all + result[key], 0)
  const figures = ['passed', 'failed', 'skipped'].map((key) => `${total(key)} ${key}`).join(', ')
  const output = results.map((result) => result.output).join('')
  if (!isLive) process.stdout.write(`\n${title}${output}${since(started)}: ${tier.name} has ended, ${figures}\n\n`)
  if (reason) process.stdout.write(`THE TIER ${tier.name} IS LEFT OUT: ${reason}.\n`)
  lines.set(tier.name, `${tier.name.padEnd(8)} ${figures}  ${since(begun)}${results.map(({ note }) => note).join('')}`)
  for (const key of Object.keys(sum)) sum[key] += total(key)
}

const prepared = chosen.filter((tier) => !tier.optional || whyNotPrepared(tier.name) === undefined)
await ensureSetupOrExit({ tiers: [...new Set(prepared.flatMap(({ needs }) => needs))] })
const ready = since(started)
const runner = async (own) => {
  for (let tier = next(own); tier; tier = next(own)) await runTier(tier)
}
const next = (own) => own.shift() ?? waiting.rest.shift()
await Promise.all([runner(waiting.rest), runner(waiting.wine)])
const report = chosen.map(({ name }) => lines.get(name)).join('\n')
process.stdout.write(`\nset-up   ${ready}\n${report}\nall      ${since(started)}\n`)
process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}\n`)
process.exitCode = sum.failed === 0 ? 0 : 1
