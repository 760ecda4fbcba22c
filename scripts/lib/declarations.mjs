// The package's declarations: one file an entry point, with nothing in it that is not part of the surface; and the report of that surface,
// docs/api/*.api.md, which is in the repository so that a change of it is seen.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { inBuild, inRoot, root } from './paths.mjs'
import { fingerprint, run, unlessFresh } from './run.mjs'

/** Entry points: the name of the file in build/, the one that it is made from below build/types. */
const entryPoints = { index: 'host/index.d.ts', testing: 'host/testing/index.d.ts', sinks: 'host/forwarding/index.d.ts' }
/** The report of each. */
export const reports = { index: 'mprtap', testing: 'mprtap-testing', sinks: 'mprtap-sinks' }

const types = inBuild('types')
const made = inBuild('api')
const kept = inRoot('docs', 'api')

function configOf(name) {
  const configObject = {
    projectFolder: root,
    mainEntryPointFilePath: join(types, entryPoints[name]),
    compiler: { overrideTsconfig: { extends: inRoot('tsconfig.json'), include: [join(types, entryPoints[name])], exclude: [] } },
    // Whether the report has changed is asked by the check, with a difference to show; it is always written here.
    apiReport: { enabled: true, reportFileName: `${reports[name]}.api.md`, reportFolder: made, reportTempFolder: join(made, 'temp') },
    docModel: { enabled: false },
    dtsRollup: { enabled: true, untrimmedFilePath: '', publicTrimmedFilePath: inBuild(`${name}.d.ts`) },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: 'error' } },
      extractorMessageReporting: {
        default: { logLevel: 'error' },
        // Everything that is exported is public unless it says @internal.
        'ae-missing-release-tag': { logLevel: 'none' },
        'ae-unresolved-link': { logLevel: 'none' },
        'ae-undocumented': { logLevel: 'none' },
      },
      // TSDoc as the reference's generator reads it is judged there.
      tsdocMessageReporting: { default: { logLevel: 'none' } },
    },
  }
  return ExtractorConfig.prepare({ configObject, configObjectFullPath: undefined, packageJsonFullPath: inRoot('package.json') })
}

/** What the extractor has against an entry point. */
function extract(name) {
  const faults = []
  Extractor.invoke(configOf(name), {
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      if (message.category !== 'console' && ['error', 'warning'].includes(message.logLevel))
        faults.push(`${message.sourceFilePath ?? ''}:${message.sourceFileLine ?? ''} ${message.text}`)
    },
  })
  return faults
}

/**
 * Writes build/index.d.ts and build/testing.d.ts, and the reports into build/api.
 * @throws Error with a line for each name that the surface needs and does not export.
 */
export async function buildDeclarations() {
  rmSync(types, { recursive: true, force: true })
  mkdirSync(join(made, 'temp'), { recursive: true })
  await run(process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], { cwd: root })
  const faults = Object.keys(entryPoints).flatMap(extract)
  if (faults.length > 0) throw new Error(`The package's declarations are not closed:\n${faults.join('\n')}`)
}

/** As buildDeclarations, unless nothing has changed since. */
export function ensureDeclarations() {
  const below = (folder) =>
    readdirSync(inRoot(folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => inRoot(folder, name))
  const others = ['assembly/abi.ts', 'tsconfig.json', 'tsconfig.types.json', 'package-lock.json', 'scripts/lib/declarations.mjs']
  const inputs = [...below('host').sort(), ...below('format').sort(), ...others.map((name) => inRoot(name))]
  return unlessFresh(join(made, 'stamp'), fingerprint([], inputs), buildDeclarations)
}

/** The reports in the repository that differ from the surface as it is. */
export function changedReports() {
  const text = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
  return Object.values(reports)
    .map((name) => `${name}.api.md`)
    .filter((name) => text(kept, name) !== text(made, name))
}

/** Takes the surface as it is over into the repository. */
export function acceptReports() {
  mkdirSync(kept, { recursive: true })
  for (const name of Object.values(reports)) cpSync(join(made, `${name}.api.md`), join(kept, `${name}.api.md`))
}
