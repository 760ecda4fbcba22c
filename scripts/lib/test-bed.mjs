// Builds the Windows programs of the test bed: the stand-in for MPR, the test network provider, the self-test, the traffic.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { architectures, compile, link } from './cross.mjs'
import { inBuild, inRoot } from './paths.mjs'
import { fingerprint, run, unlessFresh } from './run.mjs'

const standIn = 'tests/mpr/standin'
const provider = 'tests/mpr/provider'
const selfTest = 'tests/mpr/selftest'
const traffic = 'tests/traffic'
const start = 'tests/mpr/start.c'

const sourcesIn = (folder) =>
  readdirSync(inRoot(folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => `${folder}/${name}`)

/** Where the programs of an architecture are. */
export const bedDirectory = (architecture = 'x64') => inBuild('bed', architecture)

/** The mpr.dll that Wine ships for an architecture. */
export function builtinMpr(architecture = 'x64') {
  const places = ['/usr/lib/x86_64-linux-gnu/wine', '/usr/lib/i386-linux-gnu/wine', inBuild('wine32', 'root/usr/lib/i386-linux-gnu/wine')]
  const files = places.map((place) => join(place, architectures[architecture].wineFolder, 'mpr.dll'))
  const found = files.find((file) => existsSync(file))
  if (!found) throw new Error(`Wine's own mpr.dll for ${architecture} is not installed (looked in ${places.join(', ')}).`)
  return found
}

// Wine takes a DLL that carries this text at this place for its own and would not load it under another name.
const builtinMark = 'Wine builtin DLL'
const builtinMarkOffset = 0x40

function writeBuiltinCopy(file, output) {
  const bytes = readFileSync(file)
  if (bytes.toString('latin1', builtinMarkOffset, builtinMarkOffset + builtinMark.length) !== builtinMark)
    throw new Error(`${file} does not carry the text "${builtinMark}" where Wine 8 has it.`)
  bytes.fill(0, builtinMarkOffset, builtinMarkOffset + builtinMark.length)
  writeFileSync(output, bytes)
}

const namesIn = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1])

/** The stand-in exports what it defines itself; every other name of the builtin is forwarded to the copy, mprwine.dll. */
async function standInExports(builtin, objects) {
  const exported = namesIn(await run('llvm-readobj', ['--coff-exports', builtin]), /^\s*Name: (\w+)$/gm)
  const symbols = await run('llvm-nm', ['--defined-only', '--extern-only', '--format=just-symbols', ...objects])
  const own = new Set(namesIn(symbols, /^_?(WNet\w+?)(?:@\d+)?$/gm))
  return {
    own: exported.filter((name) => own.has(name)),
    forwarded: exported.filter((name) => !own.has(name)),
  }
}

async function buildStandIn(architecture, out, objectDirectory) {
  const objects = await compile(architecture, sourcesIn(standIn), objectDirectory)
  const builtin = builtinMpr(architecture)
  writeBuiltinCopy(builtin, join(out, 'mprwine.dll'))
  const { own, forwarded } = await standInExports(builtin, objects)
  const exports = join(objectDirectory, 'mpr.def')
  writeFileSync(exports, ['LIBRARY mpr.dll', 'EXPORTS', ...own.map((name) => `    ${name}`), ''].join('\n'))
  // Not in the .def file: in one for x86, lld would put an underscore before the name of the DLL.
  const forwards = forwarded.map((name) => `-Xlink=-export:${name}=mprwine.${name}`)
  await link(architecture, join(out, 'mpr.dll'), [...objects, exports, ...forwards], ['advapi32'])
}

async function buildProvider(architecture, out, objectDirectory) {
  const objects = await compile(architecture, sourcesIn(provider), objectDirectory)
  await link(architecture, join(out, 'testnp.dll'), [...objects, inRoot(provider, 'provider.def')], ['advapi32'])
}

async function buildSelfTest(architecture, out, objectDirectory) {
  const [probe, ...program] = await compile(
    architecture,
    [`${selfTest}/probe_notifyee.c`, `${selfTest}/selftest.c`, `${selfTest}/record.c`, start],
    objectDirectory,
  )
  for (const name of ['probe1.dll', 'probe2.dll'])
    await link(architecture, join(out, name), [probe, inRoot(selfTest, 'probe_notifyee.def')])
  await link(architecture, join(out, 'selftest.exe'), program, ['mpr', 'advapi32'])
}

async function buildClient(architecture, out, objectDirectory) {
  const objects = await compile(architecture, [...sourcesIn(traffic), start], objectDirectory)
  await link(architecture, join(out, 'client.exe'), objects, ['mpr', 'shell32'])
}

async function buildInstaller(architecture, out) {
  const target = architecture === 'x64' ? 'amd64-unicode' : 'x86-unicode'
  await run('makensis', ['-V2', '-WX', `-XTarget ${target}`, `-XOutFile "${join(out, 'logon.exe')}"`, inRoot(traffic, 'logon.nsi')])
}

const filesBelow = (folder) =>
  readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

/**
 * Builds everything of the bed that is out of date, into build/bed/<architecture>.
 * @param {keyof architectures} [architecture]
 * @returns {Promise<boolean>} whether something was built
 */
export async function ensureTestBed(architecture = 'x64') {
  const out = bedDirectory(architecture)
  const inputs = [...filesBelow('tests/mpr'), ...filesBelow(traffic), builtinMpr(architecture)].filter((file) =>
    /\.(c|h|def|nsi|dll)$/.test(file),
  )
  const recipes = ['cross.mjs', 'test-bed.mjs'].map((name) => inRoot('scripts/lib', name))
  return unlessFresh(join(out, 'stamp'), fingerprint([], [...inputs, ...recipes]), async () => {
    mkdirSync(out, { recursive: true })
    const parts = {
      standin: buildStandIn,
      provider: buildProvider,
      selftest: buildSelfTest,
      client: buildClient,
      installer: buildInstaller,
    }
    await Promise.all(Object.entries(parts).map(([name, build]) => build(architecture, out, join(out, 'objects', name))))
  })
}
