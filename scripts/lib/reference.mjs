// The reference of the package's surface for people: docs/api/*.md, from the TSDoc comments in the source.
import { rmSync } from 'node:fs'
import { Application } from 'typedoc'
import { inBuild, inRoot } from './paths.mjs'

/** Writes the reference; the reports beside it are left alone. */
export async function writeReference(out = inRoot('docs', 'api')) {
  for (const name of ['README.md', 'mprtap.md', 'mprtap-testing.md']) rmSync(`${out}/${name}`, { force: true })
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    // The rolled-up declarations: what users get is what is described.
    entryPoints: [inBuild('index.d.ts'), inBuild('testing.d.ts')],
    tsconfig: inRoot('tsconfig.reference.json'),
    name: 'mprtap',
    readme: 'none',
    hideGenerator: true,
    disableSources: true,
    excludePrivate: true,
    excludeNotDocumented: false,
    cleanOutputDir: false,
    skipErrorChecking: true,
    outputFileStrategy: 'modules',
    entryFileName: 'README.md',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    logLevel: 'Warn',
    out,
  })
  const project = await app.convert()
  if (!project || app.logger.hasErrors()) throw new Error('the reference could not be made')
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error('the reference could not be written')
}
