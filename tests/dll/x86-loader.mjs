// Runs the shipped 32-bit DLL in x86-loader.c: on this machine where it runs 32-bit programs, else in an emulator of one process.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { runs32Bit } from '../../scripts/lib/runs-32-bit.mjs'

const FLAGS = '-m32 -std=gnu11 -O1 -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pic -nostdlib -static'.split(' ')

/** The test; `report(ok, sentence)` is told each result. */
export function runX86LoaderTest({ out, report }) {
  const loader = join(out, 'x86-loader')
  const built = spawnSync('clang', [...FLAGS, inRoot('tests/dll/x86-loader.c'), '-o', loader], { encoding: 'utf8' })
  if (built.status !== 0) return report(false, `x86 DLL: the loader builds: ${built.stderr}`)
  const dll = spawnSync(process.execPath, ['scripts/build-dll.mjs', '--quiet'], { cwd: inRoot(), encoding: 'utf8' })
  if (dll.status !== 0) return report(false, `x86 DLL: it builds: ${dll.stderr}`)
  const args = [loader, inRoot('build/dll/x86/mprtap.dll')]
  // Without the first, a shell would take the program for a script of its own where the kernel does not run it.
  for (const command of [...(runs32Bit() ? [[]] : []), ['qemu-i386-static'], ['qemu-i386']]) {
    const [program, ...rest] = [...command, ...args]
    const { status, signal, stdout, error } = spawnSync(program, rest, { encoding: 'utf8', timeout: 60_000 })
    if (error) continue
    for (const [, ok, sentence] of stdout.matchAll(/^(ok|not ok) (.*)$/gm)) report(ok === 'ok', `x86 DLL: ${sentence}`)
    if (status !== 0 && !stdout.includes('not ok')) report(false, `x86 DLL: runs to its end (${signal ?? `exit code ${status}`})`)
    return undefined
  }
  return console.log('x86 DLL: NOT RUN, because this machine runs no 32-bit programs: apt-get install qemu-user-static')
}
