// The package's public surface: its declarations, and the report of them in docs/api.
//   node scripts/api.mjs           builds the declarations and names the reports that differ
//   node scripts/api.mjs --write   takes the surface as it is over into docs/api, with the reference for people
import { acceptReports, buildDeclarations, changedReports } from './lib/declarations.mjs'
import { writeReference } from './lib/reference.mjs'

await buildDeclarations()
if (process.argv.includes('--write')) {
  acceptReports()
  await writeReference()
} else {
  const changed = changedReports()
  if (changed.length > 0) process.stderr.write(`the surface differs from docs/api/${changed.join(', ')}\n`)
  process.exitCode = changed.length === 0 ? 0 : 1
}
