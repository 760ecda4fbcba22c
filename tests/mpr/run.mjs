// Runs the self-test of the stand-in for MPR under Wine: node tests/mpr/run.mjs [--x86]
import { join } from 'node:path'
import { alone } from '../../scripts/lib/lock.mjs'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { wine64 } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'
import { ensureWine32, whyNoWine32, wine32 } from '../../scripts/lib/wine32.mjs'

const x86 = process.argv.includes('--x86')
const reason = x86 && whyNoWine32()
if (reason) {
  console.error(`THE 32-BIT TIER CANNOT RUN HERE: ${reason}.`)
  process.exit(1)
}
const wine = x86 ? wine32 : wine64
const { code, stdout, stderr } = await alone('wine', async () => {
  await (x86 ? ensureWine32() : ensureWinePrefix())
  const result = await wine.run(join(bedDirectory(x86 ? 'x86' : 'x64'), 'selftest.exe'))
  wine.stop()
  return result
})
process.stdout.write(stdout.replaceAll('\r', ''))
process.stderr.write(stderr)
if (!/^stand-in MPR: \d+ passed, 0 failed\r?$/m.test(stdout) || code !== 0) {
  console.error(`The self-test of the stand-in MPR failed with exit code ${code}.`)
  process.exitCode = 1
}
