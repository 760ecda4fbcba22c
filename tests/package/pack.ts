// Before the tests of the package: it is packed, as for a release, and installed into an empty folder without a network and without a cache.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { environmentOutside } from '../../scripts/lib/npm.mjs'
import { inBuild, inRoot, root } from '../../scripts/lib/paths.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which the package is installed. */
    readonly installed: string
    readonly tarball: string
  }
}

export default function setup({ provide }: TestProject): () => void {
  mkdirSync(inBuild('tests'), { recursive: true })
  const folder = mkdtempSync(inBuild('tests', 'package-'))
  const options = { encoding: 'utf8', env: environmentOutside(), stdio: 'pipe' } as const
  const npm = (cwd: string, ...args: string[]) => execFileSync('npm', args, { ...options, cwd })
  const pack = (...what: string[]): string[] =>
    JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder, ...what)).map(({ filename }: { filename: string }) =>
      join(folder, filename.replace('@', '').replace('/', '-')),
    )
  const [tarball] = pack()
  // koffi, and its binary for this machine, as they are in this clone.
  const natives = readdirSync(inRoot('node_modules/@koromix')).map((name) => `./node_modules/@koromix/${name}`)
  const dependencies = pack('--ignore-scripts', './node_modules/koffi', ...natives)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const settings = ['--offline', '--cache', join(folder, 'cache'), '--ignore-scripts', '--no-audit', '--no-fund']
  npm(folder, 'install', ...settings, tarball!, ...dependencies)
  provide('installed', folder)
  provide('tarball', tarball!)
  return () => rmSync(folder, { recursive: true, force: true })
}
