// npm test: set-up, then every tier. Prints each tier's own report and, last, the sum.
//   npm test                    all tiers
//   npm test -- --tier host     one of them (may be repeated)
import { spawn } from 'node:child_process'
import { root } from './lib/paths.mjs'
import { tiers } from './lib/tiers.mjs'
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

/** Runs a tier, passes its output on, and returns what it printed. */
function runTier({ command }) {
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

await ensureSetupOrExit()
const sum = { passed: 0, failed: 0, skipped: 0 }
const lines = []
for (const tier of chosen) {
  const started = performance.now()
  process.stdout.write(`\n── ${tier.name}: ${tier.what}\n`)
  const { output, ended } = await runTier(tier)
  const counts = tier.read(output) ?? { passed: 0, failed: 0, skipped: 0 }
  const ran = counts.passed + counts.failed > 0
  // A tier that ends badly, or runs nothing, has failed, whatever it counted.
  if ((ended !== 0 || !ran) && counts.failed === 0) counts.failed = 1
  const note = ran ? '' : ` (it ran no test and ended with ${ended})`
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  lines.push(`${tier.name.padEnd(7)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped  ${seconds} s${note}`)
  for (const key of Object.keys(sum)) sum[key] += counts[key]
}
process.stdout.write(
  `\n${lines.join('\n')}\n\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}\n`,
)
process.exitCode = sum.failed === 0 ? 0 : 1
