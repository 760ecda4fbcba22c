// The repository's own npm packages, and the version of Node that they need.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { npm } from './npm.mjs'
import { inRoot, root } from './paths.mjs'
import { exitCodes, SetupError } from './setup-error.mjs'

/** Throws when this Node is older than package.json asks for. */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const [major, minor = 0] = engines.node.replace(/^>=/, '').split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  throw new SetupError(exitCodes.nodeTooOld, `This is Node ${process.versions.node}; mprtap needs ${engines.node}.`)
}

// npm writes this file when it has finished an installation.
const installed = inRoot('node_modules', '.package-lock.json')
const lock = inRoot('package-lock.json')

export const nodeModulesAreFresh = () => existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs

export const installNodeModules = () => npm(['ci', '--no-progress'], { cwd: root })
