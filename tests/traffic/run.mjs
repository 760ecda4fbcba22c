// Runs the traffic under Wine and prints how each call ended: node tests/traffic/run.mjs
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { bedDirectory } from '../../scripts/lib/test-bed.mjs'
import { keepWineWarm, mustRunWine, stopWine, toWindowsPath } from '../../scripts/lib/wine.mjs'
import { ensureWinePrefix } from '../../scripts/lib/wine-prefix.mjs'

await ensureWinePrefix()
keepWineWarm()
try {
  const client = join(bedDirectory(), 'client.exe')
  console.log('The logon script:')
  process.stdout.write(await mustRunWine(client, ['--script', toWindowsPath(inRoot('tests/traffic/logon-script.txt'))]))
  console.log('The installer:')
  await mustRunWine(join(bedDirectory(), 'logon.exe'), ['/S'])
  process.stdout.write(readFileSync(join(bedDirectory(), 'logon.log'), 'latin1'))
} finally {
  stopWine()
}
