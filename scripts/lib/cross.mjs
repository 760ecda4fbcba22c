// Building the Windows test programs with clang and lld. They use Windows' own msvcrt.dll and no start-up code of a compiler.
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { inRoot } from './paths.mjs'
import { run } from './run.mjs'

export const architectures = {
  x64: { target: 'x86_64-w64-mingw32', machine: 'i386pep', entry: 'start_program', wineFolder: 'x86_64-windows' },
  x86: { target: 'i686-w64-mingw32', machine: 'i386pe', entry: 'start_program', wineFolder: 'i386-windows' },
}

// clang looks beside a gcc installation for its headers; without one it has to be told.
const headers = '/usr/share/mingw-w64/include'

const compilerFlags = [
  ['-isystem', headers, '-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'],
  // No start-up code, so nothing that needs it: no stack cookies, no stack probes, no built-in replacements of library functions.
  ['-D__USE_MINGW_ANSI_STDIO=0', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-mno-stack-arg-probe'],
].flat()

/**
 * Compiles C sources into objects.
 * @param {keyof architectures} architecture
 * @param {string[]} sources paths from the root
 * @param {string} objectDirectory
 * @returns {Promise<string[]>} the objects
 */
export async function compile(architecture, sources, objectDirectory) {
  mkdirSync(objectDirectory, { recursive: true })
  const files = sources.map((source) => inRoot(source))
  await run('clang', [`--target=${architectures[architecture].target}`, ...compilerFlags, '-c', ...files], { cwd: objectDirectory })
  return sources.map((source) => join(objectDirectory, `${basename(source, '.c')}.o`))
}

/**
 * Links objects, and a .def file of a DLL, into a Windows program.
 * @param {keyof architectures} architecture
 * @param {string} output path; a DLL when it ends in .dll
 * @param {string[]} inputs objects, .def files and options
 * @param {string[]} [libraries] import libraries beyond kernel32 and msvcrt
 */
export async function link(architecture, output, inputs, libraries = []) {
  const { target, machine, entry } = architectures[architecture]
  const underscore = architecture === 'x86' ? '_' : ''
  const kind = output.endsWith('.dll')
    ? ['-shared', '-Xlink=-noentry', '--kill-at']
    : ['-e', `${underscore}${entry}`, '--subsystem', 'console']
  const searched = [...libraries, 'kernel32', 'msvcrt'].map((library) => `-l${library}`)
  await run('ld.lld', ['-m', machine, ...kind, '-o', output, ...inputs, `-L/usr/${target}/lib`, ...searched])
}
