// Where else the installed package runs, and what is said where it cannot. docs/embedding.md has the table.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { nodes, tool } from '../../scripts/lib/tools.mjs'
import { IMPORT, READ, READ_AT_REST, UserFolder } from './user.ts'

let user: UserFolder
beforeEach(() => {
  user = new UserFolder()
})
const succeeds = { status: 0, stdout: '20\n', stderr: '' }
const node = process.execPath
const home = () => join(inject('installed'), 'node_modules')

describe('other runtimes', () => {
  const bun = tool('package', '@oven/bun-linux-x64-baseline', 'bin', 'bun')
  const deno = tool('package', '@deno/linux-x64-glibc', 'deno')

  it.runIf(existsSync(bun))('Bun reads rings that live', () => {
    expect(user.run(bun, user.write('main.mjs', IMPORT + READ))).toMatchObject({ status: 0, stdout: '20\n' })
  })

  it.runIf(existsSync(deno))('Deno reads rings that live, with the permissions that it needs', () => {
    const main = user.write('main.mjs', IMPORT + READ)
    user.write('package.json', '{ "type": "module" }')
    symlinkSync(home(), join(user.path, 'node_modules'))
    const permissions = ['--allow-read', '--allow-write', '--allow-env', '--allow-sys', '--allow-ffi']
    const { status, stdout, stderr } = user.run(
      deno,
      'run',
      '--no-prompt',
      '--cached-only',
      '--node-modules-dir=manual',
      ...permissions,
      main,
    )
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it.runIf(existsSync(deno))('Deno without --allow-ffi says what is missing', () => {
    const main = user.write('main.mjs', `${IMPORT}try {${READ}} catch (error) { console.log(error.code) }`)
    user.write('package.json', '{ "type": "module" }')
    symlinkSync(home(), join(user.path, 'node_modules'))
    const permissions = ['--allow-read', '--allow-write', '--allow-env', '--allow-sys']
    const { stdout } = user.run(deno, 'run', '--no-prompt', '--cached-only', '--node-modules-dir=manual', ...permissions, main)
    expect(stdout).toBe('MPRTAP_NATIVE_MISSING\n')
  })
})

describe('bundlers', () => {
  const webpack = tool('package', 'webpack')
  const vite = tool('package', 'vite', 'bin', 'vite.js')

  it.runIf(existsSync(webpack))('webpack, koffi external', () => {
    user.write('main.mjs', IMPORT + READ)
    user.write(
      'build.cjs',
      `require(${JSON.stringify(webpack)})({
        mode: 'none', target: 'node20', context: __dirname, entry: './main.mjs', externals: { koffi: 'node-commonjs koffi' },
        experiments: { outputModule: true }, output: { module: true, path: __dirname + '/out', filename: 'main.mjs', chunkFormat: 'module' },
      }, (error, stats) => { const text = error ?? (stats.hasErrors() ? stats.toString() : ''); process.stderr.write(String(text)); process.exitCode = text ? 1 : 0 })`,
    )
    expect(user.run(node, 'build.cjs')).toMatchObject({ status: 0, stderr: '' })
    expect(user.run(node, 'out/main.mjs')).toEqual(succeeds)
  })

  it.runIf(existsSync(vite))('vite for server-side rendering', () => {
    user.write('main.mjs', IMPORT + READ)
    user.write('vite.config.mjs', `export default { ssr: { noExternal: ['mprtap'], external: ['koffi'] }, logLevel: 'error' }`)
    expect(user.run(node, vite, 'build', '--ssr', 'main.mjs')).toMatchObject({ status: 0 })
    expect(user.run(node, 'dist/main.js')).toEqual(succeeds)
  })

  it('one CommonJS file, with koffi beside the program', () => {
    user.write('main.mjs', `${IMPORT}(async () => {${READ}})()`)
    const esbuild = inRoot('node_modules/esbuild/bin/esbuild')
    const options = ['--bundle', '--platform=node', '--format=cjs', '--external:koffi', '--outfile=out.cjs', '--log-level=error']
    expect(user.run(esbuild, 'main.mjs', ...options)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(user.run(node, 'out.cjs')).toEqual(succeeds)
  })
})

describe('a single executable', () => {
  const postject = tool('package', 'postject', 'dist', 'cli.js')

  it.runIf(existsSync(postject))('reads rings at rest alone, and rings that live with koffi in node_modules beside it', () => {
    const program = `${IMPORT}(async () => {
      ${READ_AT_REST}
      try { const tap = await openTap({ sources: ['rings'] }); await tap.close(); console.log('live') } catch (error) { console.log(error.code) }
    })()`
    user.write('main.mjs', program)
    const esbuild = inRoot('node_modules/esbuild/bin/esbuild')
    const options = ['--bundle', '--platform=node', '--format=cjs', '--external:koffi', '--outfile=out.cjs', '--log-level=error']
    expect(user.run(esbuild, 'main.mjs', ...options)).toMatchObject({ status: 0 })
    user.write('sea.json', JSON.stringify({ main: 'out.cjs', output: 'sea.blob', disableExperimentalSEAWarning: true }))
    expect(user.run(node, '--experimental-sea-config', 'sea.json')).toMatchObject({ status: 0 })
    mkdirSync(join(user.path, 'alone'))
    const executable = join(user.path, 'alone', 'program')
    copyFileSync(node, executable)
    chmodSync(executable, 0o755)
    const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2']
    expect(user.run(node, postject, executable, 'NODE_SEA_BLOB', 'sea.blob', ...fuse)).toMatchObject({ status: 0 })
    // Somewhere else, so that no node_modules above it helps.
    const elsewhere = user.elsewhere()
    cpSync(join(user.path, 'alone'), elsewhere, { recursive: true })
    mkdirSync(join(elsewhere, 'rings'))
    const run = () => spawnSync(join(elsewhere, 'program'), { cwd: elsewhere, encoding: 'utf8' })
    expect(run().stdout).toBe('20\nMPRTAP_NATIVE_MISSING\n')
    rmSync(join(elsewhere, 'rings'), { recursive: true })
    for (const name of ['koffi', '@koromix']) cpSync(join(home(), name), join(elsewhere, 'node_modules', name), { recursive: true })
    expect(run().stdout).toBe('20\nlive\n')
    rmSync(elsewhere, { recursive: true })
  })
})

describe('the permission model', () => {
  const permission = { 'this Node': [node, '--experimental-permission'], 'Node 24': [nodes.node24!, '--permission'] } as const
  const programs = Object.entries(permission).filter(([, [path]]) => existsSync(path))

  it.each(programs)('%s: rings at rest need to be read, and nothing else', (_, [path, flag]) => {
    user.write('write.mjs', `import { writeRings } from 'mprtap/testing'\nwriteRings('rings', { operations: 20, seed: 1, users: 1 })\n`)
    expect(user.run(node, 'write.mjs').status).toBe(0)
    const main = user.write(
      'main.mjs',
      `import { openTap } from 'mprtap'\nlet count = 0\nfor await (const _ of await openTap({ sources: ['rings'], follow: false })) count++\nconsole.log(count)\n`,
    )
    const { status, stdout, stderr } = user.run(path, flag, `--allow-fs-read=${inject('installed')}/*`, main)
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it.each(programs)('%s: rings that live need --allow-addons, and the error says so', (_, [path, flag]) => {
    const main = user.write(
      'main.mjs',
      `${IMPORT}try {${READ}} catch (error) { console.log(error.code, error.message.includes('--allow-addons')) }`,
    )
    const files = ['--allow-fs-read=*', '--allow-fs-write=*']
    expect(user.run(path, flag, ...files, main).stdout).toBe('MPRTAP_NATIVE_MISSING true\n')
    rmSync(join(user.path, 'rings'), { recursive: true })
    expect(user.run(path, flag, ...files, '--allow-addons', main).stdout).toBe('20\n')
  })
})

describe('an installation', () => {
  it('that is read-only', () => {
    const main = user.write('main.mjs', IMPORT + READ)
    const shell = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && ! touch "$1/x" 2>/dev/null && exec "$2" "$3"`
    const { status, stdout, stderr } = user.run('unshare', '--map-root-user', '--mount', 'sh', '-c', shell, 'sh', home(), node, main)
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it('beside another version in one process: each reads with its own core and its own errors, both with one koffi', () => {
    const other = join(user.path, 'node_modules', 'mprtap-other')
    cpSync(join(home(), 'mprtap'), other, { recursive: true })
    const meta = JSON.parse(readFileSync(join(other, 'package.json'), 'utf8'))
    writeFileSync(join(other, 'package.json'), JSON.stringify({ ...meta, name: 'mprtap-other', version: '0.0.9' }))
    const main = user.write(
      'main.mjs',
      `${IMPORT}import * as one from 'mprtap'\nimport * as other from 'mprtap-other'
      writeRings('rings', { operations: 20, seed: 1, users: 1 })
      const taps = await Promise.all([one, other].map(({ openTap }) => openTap({ sources: ['rings'], from: 'oldest' })))
      await Promise.all(taps.map((tap) => tap.drain({ final: true })))
      console.log(...taps.map((tap) => tap.stats().operations), one.MprtapError === other.MprtapError)
      const error = await other.openTap({ sources: ['nowhere'] }).catch((error) => error)
      console.log(error.code, error instanceof other.MprtapError, error instanceof one.MprtapError)
      await Promise.all(taps.map((tap) => tap.close()))`,
    )
    expect(user.run(node, main)).toEqual({ status: 0, stdout: '20 20 false\nMPRTAP_FOLDER_MISSING true false\n', stderr: '' })
  })

  it('has no file of WebAssembly that could be missing: the core is in the code', () => {
    const main = user.write('main.mjs', IMPORT + READ_AT_REST)
    const only = join(user.path, 'node_modules', 'mprtap')
    for (const name of ['package.json', 'build/index.js', 'build/testing.js']) {
      mkdirSync(join(only, name, '..'), { recursive: true })
      copyFileSync(join(home(), 'mprtap', name), join(only, name))
    }
    if (existsSync(join(home(), 'mprtap/build/index')))
      cpSync(join(home(), 'mprtap/build/index'), join(only, 'build/index'), { recursive: true })
    expect(user.run(node, main)).toEqual(succeeds)
  })

  it('without JIT, and so without WebAssembly', () => {
    const main = user.write('main.mjs', `${IMPORT}try {${READ}} catch (error) { console.log(error.code) }`)
    expect(user.run(node, '--jitless', main).stdout).toBe('MPRTAP_WEBASSEMBLY_MISSING\n')
  })
})

describe('native code that cannot be loaded', () => {
  const program = `import { openTap, parseFilter } from 'mprtap'
    import { writeRings } from 'mprtap/testing'
    writeRings('rings', { operations: 20, seed: 1, users: 1 })
    parseFilter('kind == "add"')
    let count = 0
    for await (const _ of await openTap({ sources: ['rings'], follow: false })) count++
    console.log(count)
    await openTap({ sources: ['rings'] }).catch(({ code, message }) => console.log(code + ': ' + message))`

  /** A folder of its own with the package and what is made of koffi. */
  function withKoffi(make: (folder: string) => void) {
    const elsewhere = user.elsewhere()
    cpSync(join(home(), 'mprtap'), join(elsewhere, 'node_modules/mprtap'), { recursive: true })
    make(join(elsewhere, 'node_modules'))
    writeFileSync(join(elsewhere, 'main.mjs'), program)
    const { stdout } = spawnSync(node, ['main.mjs'], { cwd: elsewhere, encoding: 'utf8' })
    rmSync(elsewhere, { recursive: true })
    return stdout
  }
  const platform = `${process.platform} ${process.arch}`

  it('it is not there', () => {
    const stdout = withKoffi(() => {})
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain(`koffi for ${platform}`)
    expect(stdout).toContain('is not installed; install it')
  })

  it('its binary is for another platform', () => {
    const stdout = withKoffi((folder) => {
      cpSync(join(home(), 'koffi'), join(folder, 'koffi'), { recursive: true })
    })
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain(platform)
    expect(stdout).toContain('install koffi anew on this machine')
  })

  it('it is of another version', () => {
    const stdout = withKoffi((folder) => {
      mkdirSync(join(folder, 'koffi'))
      writeFileSync(join(folder, 'koffi/package.json'), '{ "name": "koffi", "version": "2.9.0", "main": "index.js" }')
      writeFileSync(join(folder, 'koffi/index.js'), `module.exports = { version: '2.9.0' }`)
    })
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain('it is 2.9.0')
  })
})
