// Before npm pack: everything that the package holds is built, or nothing is packed. Says what it does on standard error only, because the
// output of `npm pack --json` is for programs.
import { existsSync } from 'node:fs'
import { inRoot } from './lib/paths.mjs'
import { ensureSetupOrExit } from './setup.mjs'

/** Files that every package must have. */
const needed = [
  ...['index.js', 'testing.js', 'sinks.js', 'cli.js', 'index.d.ts', 'testing.d.ts', 'sinks.d.ts', 'THIRD-PARTY-NOTICES.txt'].map(
    (name) => `build/${name}`,
  ),
  ...['x64', 'x86', 'arm64'].map((architecture) => `build/dll/${architecture}/mprtap.dll`),
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'format/RING.md'],
]

await ensureSetupOrExit({ tiers: ['core', 'native'] })
// Only now: these need what npm ci has installed.
const { ensureDeclarations } = await import('./lib/declarations.mjs')
const { writeNotices } = await import('./lib/notices.mjs')
try {
  await ensureDeclarations()
  writeNotices()
  const missing = needed.filter((name) => !existsSync(inRoot(name)))
  if (missing.length > 0) throw new Error(`These files are missing: ${missing.join(', ')}`)
} catch (error) {
  process.stderr.write(`Nothing is packed. ${error.message}\n`)
  process.exitCode = 1
}
