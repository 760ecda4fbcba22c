// Programs from npm that only tests use and that are too large for everybody's node_modules: other versions of Node, compilers, bundlers.
// Each set is a package.json and a lock file in scripts/tools, with every version and its hash, installed into build/tools when a tier needs it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'
import { inBuild, inRoot } from './paths.mjs'
import { fingerprint, unlessFresh } from './run.mjs'

/** Options of npm for a set: without them it refuses packages for another system. */
const options = { 'windows-node': ['--force', '--os=win32', '--cpu=x64'] }

/** Each set by name, with what it is called for people. */
export const toolSets = {
  nodes: 'Node 22, 24 and 26',
  'windows-node': 'Node for Windows',
  package: 'compilers and bundlers',
}

const files = ['package.json', 'package-lock.json']
const from = (set) => files.map((name) => inRoot('scripts', 'tools', set, name))
const stamp = (set) => join(toolDirectory(set), 'stamp')
const wanted = (set) => fingerprint(options[set] ?? [], from(set))

/** Where a set is installed. */
export const toolDirectory = (set) => inBuild('tools', set)

/** A path below a set's node_modules. */
export const tool = (set, ...path) => join(toolDirectory(set), 'node_modules', ...path)

/** Whether a set has been installed to the end, as its lock file is now. */
export const hasTools = (set) => existsSync(stamp(set)) && readFileSync(stamp(set), 'utf8') === wanted(set)

/** Installs a set, or brings it up to date. */
export function ensureTools(set) {
  return unlessFresh(stamp(set), wanted(set), async () => {
    const directory = toolDirectory(set)
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { recursive: true })
    for (const file of from(set)) copyFileSync(file, join(directory, file.split('/').at(-1)))
    const settings = ['--no-progress', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1']
    await npm(['ci', ...settings, ...(options[set] ?? [])], { cwd: directory })
  })
}

/** The Node of each name: node22, node24, node26. */
export const nodes = Object.fromEntries(['node22', 'node24', 'node26'].map((name) => [name, tool('nodes', name, 'bin', 'node')]))
