// npm start: the main job on real input. Opens a tap with the command line itself, lets programs map and unmap under Wine through the real
// API and the real notifyee DLL, shows the operations as they happen, and ends with the totals.
//   npm start            aligned lines, totals at the end
//   npm start -- --json  newline-delimited JSON, a summary object last
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { take } from './lib/lock.mjs'
import { inRoot } from './lib/paths.mjs'
import { bedDirectory } from './lib/test-bed.mjs'
import { keepWineWarm, mprtapDirectory, mustRunWine, ringDirectory, stopWine, toWindowsPath } from './lib/wine.mjs'
import { ensureSetupOrExit } from './setup.mjs'

/** A tap looks for new rings once a second; by then it has seen all. */
const catchUpMs = 1500

const unknown = process.argv.slice(2).filter((argument) => argument !== '--json')
if (unknown.length > 0) {
  process.stderr.write(`npm start does not know ${unknown.join(' ')}. It takes --json only: npm start -- --json\n`)
  process.exit(2)
}
const json = process.argv.includes('--json')

await ensureSetupOrExit()
const release = await take('wine')
// Each run begins with an empty ring, so that its totals are its own.
rmSync(ringDirectory, { recursive: true, force: true })
mkdirSync(ringDirectory, { recursive: true })

const watching = ['watch', mprtapDirectory, '--from', 'oldest', '--unfinished-after', '5', ...(json ? ['--json'] : [])]
const watch = spawn(process.execPath, [inRoot('build', 'cli.js'), ...watching], { stdio: ['ignore', 'inherit', 'inherit'] })
const ended = new Promise((resolve) => watch.on('exit', resolve))
process.on('SIGINT', () => {})

keepWineWarm()
let failure
try {
  await Promise.all([
    mustRunWine(join(bedDirectory(), 'client.exe'), ['--script', toWindowsPath(inRoot('tests/traffic/logon-script.txt'))]),
    mustRunWine(join(bedDirectory(), 'logon.exe'), ['/S']),
  ])
  await delay(catchUpMs)
} catch (error) {
  failure = error
} finally {
  stopWine()
}
watch.kill('SIGINT')
const exitCode = await ended
release()
if (failure) process.stderr.write(`${failure.message}\n`)
process.exitCode = failure ? 1 : exitCode
