// npm run ablate: shows that every guard, marked GUARD(name), is needed: takes one at a time out and expects a test to fail.
//   npm run ablate               every part
//   npm run ablate -- PART ...   one of them; what follows is for that part
//     native   the portable C, by the native tests
//     dll      the rest of the DLL, by the tests under Wine (--x86: the 32-bit one)
//     core     the WebAssembly core, by its own tests and the host's
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { inRoot, root } from './lib/paths.mjs'

const parts = { native: 'tests/dll/ablate.mjs', dll: 'tests/dll/ablate-wine.mjs', core: 'tests/core/ablate.mjs' }
const [wanted, ...rest] = process.argv.slice(2)
const chosen = Object.keys(parts).filter((part) => (wanted ?? part) === part && existsSync(inRoot(parts[part])))
if (chosen.length === 0) {
  console.error(`npm run ablate does not know "${wanted}". Its parts are ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
const failed = chosen.filter((part) => {
  console.log(`── ${part}`)
  return spawnSync(process.execPath, [parts[part], ...rest], { cwd: root, stdio: 'inherit' }).status !== 0
})
console.log(failed.length === 0 ? 'every guard is noticed' : `not every guard is noticed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
