// The package on Windows (Node for Windows under Wine, in a prefix of its own that is empty at first, without a network): the tarball, and the
// zip for servers without Node.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { hasTools, tool } from '../../scripts/lib/tools.mjs'
import { makeWindowsZip, windowsNodePackage } from '../../scripts/lib/windows-zip.mjs'
import { toWindowsPath, wineAt } from '../../scripts/lib/wine.mjs'
import { cell } from './cells.ts'
import { IMPORT, READ, REQUIRE } from './user.ts'

const mayRun = existsSync('/usr/bin/wine') && ['windows-node', 'package', 'nodes'].every((set) => hasTools(set))
if (!mayRun) console.error('WINE OR NODE FOR WINDOWS IS NOT THERE: the package is not tried on Windows.')

const batchLines = (page: string) =>
  [...readFileSync(inRoot(page), 'utf8').matchAll(/^```bat\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trimEnd().split('\n'))

describe.runIf(mayRun)('on Windows', { timeout: 300_000 }, () => {
  mkdirSync(inBuild('tests'), { recursive: true })
  const folder = mkdtempSync(inBuild('tests', 'windows-'))
  const unzipped = join(folder, 'mprtap-win-x64')
  const wine = wineAt({ prefix: join(folder, 'prefix'), kind: 'win64', enter: (program, args) => ['unshare', ['--net', program, ...args]] })
  const programFiles = join(wine.driveC, 'Program Files', 'mprtap')
  const mprtap = (...args: string[]) => wine.run('cmd', ['/c', 'mprtap.cmd', ...args], { cwd: unzipped, timeoutMs: 120_000 })

  beforeAll(async () => {
    wine.keepWarm()
    const env = { WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=d' }
    await wine.mustRun('wineboot', ['-i'], { env, timeoutMs: 240_000 })
    // What winecfg writes: Node refuses to start on less.
    await wine.mustRun('reg', ['add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'])
    const zip = join(folder, 'mprtap-win-x64.zip')
    await makeWindowsZip(inject('tarball'), zip)
    const { unzipSync } = await import(pathToFileURL(tool('package', 'fflate', 'esm', 'index.mjs')).href)
    for (const [name, bytes] of Object.entries<Uint8Array>(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), bytes)
    }
  }, 300_000)
  afterAll(() => {
    wine.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('the zip has a command that runs', async () => {
    const { version } = JSON.parse(readFileSync(join(unzipped, 'package.json'), 'utf8'))
    const { code, stdout } = await mprtap('--version')
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: version })
  })

  it('install from the zip puts the DLL in its place and registers it, status finds it right, uninstall takes it away', async () => {
    const dll = join(wine.system32, 'mprtap.dll')
    const installed = await mprtap('install', '--json')
    expect(installed, installed.stderr).toMatchObject({ code: 0 })
    expect(readFileSync(dll)).toEqual(readFileSync(join(unzipped, 'build/dll/x64/mprtap.dll')))
    const { stdout } = await mprtap('status', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ isInstalled: true, registration: { state: 'right' } })
    expect((await mprtap('uninstall')).code).toBe(0)
    expect(existsSync(dll)).toBe(false)
  })

  /** Runs a line of a page as a batch file has it, in the folder of the zip. */
  const line = async (text: string) => {
    const batch = join(folder, 'line.cmd')
    writeFileSync(batch, `@echo off\r\nset PATH=${toWindowsPath(programFiles)};%PATH%\r\n${text}\r\n`)
    return wine.run('cmd', ['/c', toWindowsPath(batch)], { cwd: programFiles, timeoutMs: 120_000 })
  }

  it('docs/deployment.md: its command lines, unpacked into Program Files, each with the exit code that the page gives', async () => {
    cpSync(unzipped, programFiles, { recursive: true })
    const lines = batchLines('docs/deployment.md')
    const codes = []
    for (const text of lines) codes.push([text.replace(/^.*cli\.js"? /, ''), (await line(text)).code])
    expect(codes).toEqual([
      ['install --quiet', 0],
      ['status --quiet', 0],
      ['uninstall --quiet', 0],
      ['install --quiet', 0],
      ['install --seal --quiet', 0],
    ])
  })

  it('README.md: what it tells people to type on a Windows machine', async () => {
    const [npm, ...rest] = batchLines('README.md')
    expect(npm).toBe('npm install --global mprtap')
    expect(rest).toEqual(['mprtap install', 'mprtap status', 'mprtap watch'])
    for (const text of rest) {
      const { code, stdout, stderr } = await line(text.replace('watch', 'watch --duration 1'))
      expect({ code, text }, stdout + stderr).toEqual({ code: 0, text })
    }
  })

  it('the tarball beside koffi for Windows reads rings, imported and required', async (test) => {
    const where = `Windows Node ${windowsNodePackage().version}, under Wine`
    for (const column of ['import', 'require', 'live'] as const) cell(test, where, column)
    const user = join(folder, 'user')
    const put = (from: string, name: string) =>
      cpSync(join(from, 'node_modules', name), join(user, 'node_modules', name), { recursive: true })
    put(inject('installed'), 'mprtap')
    put(unzipped, 'koffi')
    put(unzipped, '@koromix')
    // Without it this clone, which is called mprtap too, would be what is imported.
    writeFileSync(join(user, 'package.json'), '{ "private": true }')
    writeFileSync(join(user, 'main.mjs'), IMPORT + READ)
    const node = (program: string) => wine.run(join(unzipped, 'node.exe'), [toWindowsPath(join(user, program))], { cwd: user })
    const { code, stdout, stderr } = await node('main.mjs')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '20\n', stderr: '' })

    rmSync(join(user, 'rings'), { recursive: true })
    writeFileSync(join(user, 'main.cjs'), REQUIRE)
    expect(await node('main.cjs')).toMatchObject({ code: 0, stdout: '20\n' })

    // Another version in the same process, with the same koffi: neither takes a name from the other.
    cpSync(join(user, 'node_modules/mprtap'), join(user, 'node_modules/mprtap-other'), { recursive: true })
    writeFileSync(
      join(user, 'both.mjs'),
      `import * as one from 'mprtap'\nimport * as other from 'mprtap-other'
      for (const { openTap } of [one, other]) {
        const tap = await openTap({ sources: ['rings'], from: 'oldest' })
        await tap.drain({ final: true })
        console.log(tap.stats().operations)
        await tap.close()
      }`,
    )
    const both = await node('both.mjs')
    expect({ code: both.code, stdout: both.stdout, stderr: both.stderr }).toEqual({ code: 0, stdout: '20\n20\n', stderr: '' })
  })
})
