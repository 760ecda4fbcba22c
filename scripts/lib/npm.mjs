// npm as the machine has it. npm and npx put node_modules/.bin of the clone before everything else, and there is an npm among them: an old one,
// that a development dependency brings along.
import { delimiter } from 'node:path'
import { run } from './run.mjs'

/** The environment without the clone's own programs, and without what an npm that runs us has set. */
export function environmentOutside() {
  const { NODE_OPTIONS: _, PATH = '', ...rest } = process.env
  const own = Object.entries(rest).filter(([name]) => !/^npm_/i.test(name))
  return {
    ...Object.fromEntries(own),
    PATH: PATH.split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter),
  }
}

/** Runs npm in a folder. Resolves with what it printed. */
export function npm(args, options = {}) {
  const isWindows = process.platform === 'win32'
  return run(isWindows ? 'npm.cmd' : 'npm', args, { env: environmentOutside(), shell: isWindows, ...options })
}
