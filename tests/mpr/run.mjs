// Runs the self-test of the stand-in for MPR under Wine: node tests/mpr/run.mjs
import { join } from 'node:path'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { runWine, stopWine } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

await ensureWinePrefix()
const { code, stdout, stderr } = await runWine(join(bedDirectory(), 'selftest.exe'))
stopWine()
process.stdout.write(stdout.replaceAll('\r', ''))
process.stderr.write(stderr)
if (!/^stand-in MPR: \d+ passed, 0 failed\r?$/m.test(stdout) || code !== 0) {
  console.error(`The self-test of the stand-in MPR failed with exit code ${code}.`)
  process.exitCode = 1
}
