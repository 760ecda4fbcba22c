// Runs the traffic under Wine and prints how each call ended: node tests/traffic/run.mjs [--x86]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { take } from '../../scripts/lib/lock.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { toWindowsPath, wine64 } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'
import { ensureWine32, whyNoWine32, wine32 } from '../../scripts/lib/wine32.mjs'

const x86 = process.argv.includes('--x86')
const reason = x86 && whyNoWine32()
if (reason) {
  console.error(`THE 32-BIT TIER CANNOT RUN HERE: ${reason}.`)
  process.exit(1)
}
const wine = x86 ? wine32 : wine64
const programs = bedDirectory(x86 ? 'x86' : 'x64')
const release = await take('wine')
await (x86 ? ensureWine32() : ensureWinePrefix())
wine.keepWarm()
try {
  console.log('The logon script:')
  const script = toWindowsPath(inRoot('tests/traffic/logon-script.txt'))
  process.stdout.write((await wine.mustRun(join(programs, 'client.exe'), ['--script', script])).replaceAll('\r', ''))
  console.log('The installer:')
  await wine.mustRun(join(programs, 'logon.exe'), ['/S'])
  process.stdout.write(readFileSync(join(programs, 'logon.log'), 'latin1').replaceAll('\r', ''))
} finally {
  wine.stop()
  release()
}
