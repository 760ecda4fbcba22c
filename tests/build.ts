// Before all tests on Linux: what they run is built, once. No test builds a bundle of its own.

import { inRoot, root } from '../scripts/lib/paths.mjs'
import { run } from '../scripts/lib/run.mjs'
import { buildMutator, buildPrograms } from './programs.mjs'

export default async function setup(): Promise<void> {
  const bundles = run(process.execPath, [inRoot('scripts/build.mjs'), '--no-dll'], { cwd: root })
  await Promise.all([bundles, buildPrograms(), buildMutator()])
}
