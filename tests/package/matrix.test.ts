// Where else the installed package runs, and what is said where it cannot. docs/embedding.md has the table.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, inject, it, type TestContext } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { nodes, tool } from '../../scripts/lib/tools.mjs'
import { cell } from './cells.ts'
import { IMPORT, READ, READ_AT_REST, REQUIRE, UserFolder } from './user.ts'

/** Reads rings at rest, then opens them as rings that live, and prints what that says. */
const REST_AND_LIVE = `${IMPORT}import { parseFilter } from 'mprtap'
  ${READ_AT_REST}
  parseFilter('kind == "add"')
  await openTap({ sources: ['rings'] }).then((tap) => tap.close(), ({ code, message }) => console.log(code + ': ' + message))`

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

  it.runIf(existsSync(bun))('Bun imports it, requires it, and reads rings that live', (test) => {
    for (const column of ['import', 'require', 'live'] as const) cell(test, 'Bun', column)
    expect(user.run(bun, user.write('main.mjs', IMPORT + READ))).toMatchObject({ status: 0, stdout: '20\n' })
    rmSync(join(user.path, 'rings'), { recursive: true })
    expect(user.run(bun, user.write('main.cjs', REQUIRE))).toMatchObject({ status: 0, stdout: '20\n' })
  })

  it.runIf(existsSync(bun))('Bun reads rings at rest', (test) => {
    cell(test, 'Bun', 'rest')
    expect(user.run(bun, user.write('main.mjs', IMPORT + READ_AT_REST))).toMatchObject({ status: 0, stdout: '20\n' })
  })

  const runDeno = (name: string, ...permissions: string[]) => {
    user.write('package.json', '{ "type": "module" }')
    symlinkSync(home(), join(user.path, 'node_modules'))
    const options = ['--no-prompt', '--cached-only', '--node-modules-dir=manual', '--allow-read', '--allow-write']
    return user.run(deno, 'run', ...options, '--allow-env', '--allow-sys', ...permissions, name)
  }

  it.runIf(existsSync(deno)).for([
    ['import', 'main.mjs', IMPORT + READ],
    ['require', 'main.cjs', REQUIRE],
  ] as const)('Deno, by %s, reads rings that live, with the permissions that it needs', ([column, name, text], test) => {
    cell(test, 'Deno', column)
    cell(test, 'Deno', 'live')
    const { status, stdout, stderr } = runDeno(user.write(name, text), '--allow-ffi')
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it.runIf(existsSync(deno))('Deno without --allow-ffi reads rings at rest, and says what is missing for those that live', (test) => {
    const { stdout } = runDeno(user.write('main.mjs', REST_AND_LIVE))
    const [rest, live] = stdout.split('\n')
    cell(test, 'Deno without --allow-ffi', 'rest')
    cell(test, 'Deno without --allow-ffi', 'live', live)
    expect(rest).toBe('20')
    expect(live).toMatch(/^MPRTAP_NATIVE_MISSING: /)
  })
})

describe('bundlers', () => {
  const webpack = tool('package', 'webpack')
  const vite = tool('package', 'vite', 'bin', 'vite.js')

  it.runIf(existsSync(webpack))('webpack, koffi external', (test) => {
    cell(test, 'webpack', 'import')
    cell(test, 'webpack', 'live')
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

  it.runIf(existsSync(vite))('vite for server-side rendering', (test) => {
    cell(test, 'vite, server-side rendering', 'import')
    cell(test, 'vite, server-side rendering', 'live')
    user.write('main.mjs', IMPORT + READ)
    user.write('vite.config.mjs', `export default { ssr: { noExternal: ['mprtap'], external: ['koffi'] }, logLevel: 'error' }`)
    expect(user.run(node, vite, 'build', '--ssr', 'main.mjs')).toMatchObject({ status: 0 })
    expect(user.run(node, 'dist/main.js')).toEqual(succeeds)
  })

  it('a bundle that goes elsewhere without koffi reads rings at rest, and says what is missing for those that live', (test) => {
    user.write('main.mjs', REST_AND_LIVE)
    const esbuild = inRoot('node_modules/esbuild/bin/esbuild')
    // Nothing is said of koffi: it stays outside by itself.
    const options = ['--bundle', '--platform=node', '--format=esm', '--outfile=out.mjs', '--log-level=error']
    expect(user.run(esbuild, 'main.mjs', ...options)).toEqual({ status: 0, stdout: '', stderr: '' })
    const elsewhere = user.elsewhere()
    copyFileSync(join(user.path, 'out.mjs'), join(elsewhere, 'out.mjs'))
    const { stdout } = spawnSync(node, ['out.mjs'], { cwd: elsewhere, encoding: 'utf8' })
    rmSync(elsewhere, { recursive: true })
    const [rest, live] = stdout.split('\n')
    cell(test, 'a bundle without koffi beside it', 'rest')
    cell(test, 'a bundle without koffi beside it', 'live', live)
    expect(rest).toBe('20')
    expect(live).toMatch(/^MPRTAP_NATIVE_MISSING: .*install it beside/)
  })

  it('one CommonJS file, with koffi beside the program', (test) => {
    cell(test, 'esbuild, CommonJS', 'import')
    cell(test, 'esbuild, CommonJS', 'live')
    user.write('main.mjs', `${IMPORT}(async () => {${READ}})()`)
    const esbuild = inRoot('node_modules/esbuild/bin/esbuild')
    const options = ['--bundle', '--platform=node', '--format=cjs', '--external:koffi', '--outfile=out.cjs', '--log-level=error']
    expect(user.run(esbuild, 'main.mjs', ...options)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(user.run(node, 'out.cjs')).toEqual(succeeds)
  })
})

describe('a single executable', () => {
  const postject = tool('package', 'postject', 'dist', 'cli.js')

  it.runIf(existsSync(postject))(
    'reads rings at rest alone, and rings that live with koffi in node_modules beside it',
    { timeout: 240_000 },
    (test) => {
      const program = `${IMPORT}(async () => {
      ${READ_AT_REST}
      try { const tap = await openTap({ sources: ['rings'] }); await tap.close(); console.log('live') } catch ({ code, message }) { console.log(code + ': ' + message) }
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
      const [rest, live] = run().stdout.split('\n')
      cell(test, 'single executable, alone', 'rest')
      cell(test, 'single executable, alone', 'live', live)
      cell(test, 'single executable, koffi beside it', 'live')
      expect(rest).toBe('20')
      expect(live).toMatch(/^MPRTAP_NATIVE_MISSING: /)
      rmSync(join(elsewhere, 'rings'), { recursive: true })
      for (const name of ['koffi', '@koromix']) cpSync(join(home(), name), join(elsewhere, 'node_modules', name), { recursive: true })
      expect(run().stdout).toBe('20\nlive\n')
      rmSync(elsewhere, { recursive: true })
    },
  )
})

describe('the permission model', () => {
  const permission = { 'this Node': [node, '--experimental-permission'], 'Node 24': [nodes.node24!, '--permission'] } as const
  const programs = Object.entries(permission).filter(([, [path]]) => existsSync(path))

  it.for(programs)('%s: rings at rest need to be read, and nothing else', ([name, [path, flag]], test) => {
    cell(test, `the permission model, ${name}`, 'rest')
    user.write('write.mjs', `import { writeRings } from 'mprtap/testing'\nwriteRings('rings', { operations: 20, seed: 1, users: 1 })\n`)
    expect(user.run(node, 'write.mjs').status).toBe(0)
    const main = user.write(
      'main.mjs',
      `import { openTap } from 'mprtap'\nlet count = 0\nfor await (const _ of await openTap({ sources: ['rings'], follow: false })) count++\nconsole.log(count)\n`,
    )
    const { status, stdout, stderr } = user.run(path, flag, `--allow-fs-read=${inject('installed')}/*`, main)
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it.for(programs)('%s: rings that live need --allow-addons, and the error says so', ([name, [path, flag]], test) => {
    const main = user.write('main.mjs', `${IMPORT}try {${READ}} catch ({ code, message }) { console.log(code + ': ' + message) }`)
    const files = ['--allow-fs-read=*', '--allow-fs-write=*']
    const { stdout } = user.run(path, flag, ...files, main)
    cell(test, `the permission model, ${name}`, 'live', stdout)
    cell(test, `the permission model, ${name}, --allow-addons`, 'live')
    expect(stdout).toMatch(/^MPRTAP_NATIVE_MISSING: .*--allow-addons/)
    rmSync(join(user.path, 'rings'), { recursive: true })
    expect(user.run(path, flag, ...files, '--allow-addons', main).stdout).toBe('20\n')
  })
})

describe('an installation', () => {
  it('that is read-only', (test) => {
    cell(test, 'a read-only installation', 'live')
    const main = user.write('main.mjs', IMPORT + READ)
    const shell = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && ! touch "$1/x" 2>/dev/null && exec "$2" "$3"`
    const { status, stdout, stderr } = user.run('unshare', '--map-root-user', '--mount', 'sh', '-c', shell, 'sh', home(), node, main)
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '20\n' })
  })

  it('beside another version in one process: each reads with its own core and its own errors, both with one koffi', (test) => {
    cell(test, 'two versions in one process', 'import')
    cell(test, 'two versions in one process', 'live')
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

  it('without JIT, and so without WebAssembly', (test) => {
    const main = user.write('main.mjs', `${IMPORT}try {${READ_AT_REST}} catch ({ code, message }) { console.log(code + ': ' + message) }`)
    const { stdout } = user.run(node, '--jitless', main)
    cell(test, 'Node --jitless', 'rest', stdout)
    expect(stdout).toMatch(/^MPRTAP_WEBASSEMBLY_MISSING: /)
  })
})

describe('native code that cannot be loaded', () => {
  /** A folder of its own with the package and what is made of koffi. */
  function withKoffi(test: Pick<TestContext, 'task'>, what: string, make: (folder: string) => void) {
    const elsewhere = user.elsewhere()
    cpSync(join(home(), 'mprtap'), join(elsewhere, 'node_modules/mprtap'), { recursive: true })
    make(join(elsewhere, 'node_modules'))
    writeFileSync(join(elsewhere, 'main.mjs'), REST_AND_LIVE)
    const { stdout } = spawnSync(node, ['main.mjs'], { cwd: elsewhere, encoding: 'utf8' })
    rmSync(elsewhere, { recursive: true })
    cell(test, what, 'rest')
    cell(test, what, 'live', stdout.split('\n')[1])
    return stdout
  }
  const platform = `${process.platform} ${process.arch}`

  it('it is not there', (test) => {
    const stdout = withKoffi(test, 'koffi is not installed', () => {})
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain(`koffi for ${platform}`)
    expect(stdout).toContain('is not installed; install it')
  })

  it('its binary is for another platform', (test) => {
    const stdout = withKoffi(test, 'koffi without a binary for this platform', (folder) => {
      cpSync(join(home(), 'koffi'), join(folder, 'koffi'), { recursive: true })
    })
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain(platform)
    expect(stdout).toContain('install koffi anew on this machine')
  })

  it('it is of another version', (test) => {
    const stdout = withKoffi(test, 'koffi of another version', (folder) => {
      mkdirSync(join(folder, 'koffi'))
      writeFileSync(join(folder, 'koffi/package.json'), '{ "name": "koffi", "version": "2.9.0", "main": "index.js" }')
      writeFileSync(join(folder, 'koffi/index.js'), `module.exports = { version: '2.9.0' }`)
    })
    expect(stdout).toMatch(/^20\nMPRTAP_NATIVE_MISSING: /)
    expect(stdout).toContain('it is 2.9.0')
  })
})
