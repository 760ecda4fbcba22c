// npm test: set-up, then every tier. Prints each tier's own report and, last, the sum.
//   npm test                    all tiers
//   npm test -- --tier host     one of them (may be repeated)
// The 32-bit tier runs where its Wine has been made already, when it is asked for, and with CI=true.
import { spawn } from 'node:child_process'
import { root } from './lib/paths.mjs'
import { tiers } from './lib/tiers.mjs'
import { hasWine32, whyNoWine32 } from './lib/wine32.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const args = process.argv.slice(2)
const wanted = args.flatMap((argument, i) => (args[i - 1] === '--tier' ? [argument] : []))
const unknown =
  args.find((argument, i) => argument !== '--tier' && args[i - 1] !== '--tier') ??
  wanted.find((name) => !tiers.some((tier) => tier.name === name))
if (unknown !== undefined) {
  process.stderr.write(`npm test does not know "${unknown}". Use --tier with one of: ${tiers.map((tier) => tier.name).join(', ')}.\n`)
  process.exit(2)
}
const chosen = wanted.length === 0 ? tiers : tiers.filter((tier) => wanted.includes(tier.name))

/** Why an optional tier is left out; undefined when it is to run. */
function whyLeftOut({ name, optional }) {
  if (!optional || wanted.includes(name)) return undefined
  const reason = whyNoWine32()
  if (reason || hasWine32() || process.env.CI === 'true') return reason
  return `its Wine is not there yet; it takes more than a minute to make: npm test -- --tier ${name}`
}

/** Runs a command, passes its output on, and returns what it printed. */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    })
    let output = ''
    for (const stream of ['stdout', 'stderr']) {
      child[stream].on('data', (chunk) => {
        process[stream].write(chunk)
        output += chunk
      })
    }
    child.on('close', (code, signal) => resolve({ output, ended: signal ?? code }))
  })
}

/** The counts of one command. */
async function count({ command, read }) {
  const { output, ended } = await run(command)
  const counts = read(output) ?? { passed: 0, failed: 0, skipped: 0 }
  const ran = counts.passed + counts.failed > 0
  // A command that ends badly, or runs nothing, has failed, whatever it counted.
  if ((ended !== 0 || !ran) && counts.failed === 0) counts.failed = 1
  return { ...counts, note: ran ? '' : `  ${command.join(' ')} ran no test and ended with ${ended}` }
}

const leftOut = new Map(chosen.flatMap((tier) => (whyLeftOut(tier) ? [[tier.name, whyLeftOut(tier)]] : [])))
await ensureSetupOrExit({ tiers: [...new Set(chosen.flatMap((tier) => (leftOut.has(tier.name) ? [] : tier.needs)))] })
const sum = { passed: 0, failed: 0, skipped: 0 }
const lines = []
for (const tier of chosen) {
  const started = performance.now()
  process.stdout.write(`\n── ${tier.name}: ${tier.what}\n`)
  const reason = leftOut.get(tier.name)
  if (reason) process.stdout.write(`THE TIER ${tier.name} IS LEFT OUT: ${reason}.\n`)
  const results = reason ? [{ passed: 0, failed: 0, skipped: 1, note: `  LEFT OUT: ${reason}` }] : []
  for (const part of reason ? [] : tier.runs) results.push(await count(part))
  const total = (key) => results.reduce((all, result) => all + result[key], 0)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const figures = ['passed', 'failed', 'skipped'].map((key) => `${total(key)} ${key}`).join(', ')
  lines.push(`${tier.name.padEnd(7)} ${figures}  ${seconds} s${results.map(({ note }) => note).join('')}`)
  for (const key of Object.keys(sum)) sum[key] += total(key)
}
process.stdout.write(
  `\n${lines.join('\n')}\n\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}\n`,
)
process.exitCode = sum.failed === 0 ? 0 : 1
