// The declarations in every TypeScript that is in use: strict, libraries checked, with neither DOM nor Node's types.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { tool } from '../../scripts/lib/tools.mjs'
import { cell } from './cells.ts'
import { UserFolder } from './user.ts'

const compilers = {
  'TypeScript 5.9': tool('package', 'typescript5', 'bin', 'tsc'),
  'TypeScript 6': inRoot('node_modules/typescript/bin/tsc'),
  'TypeScript 7': tool('package', 'typescript7', 'bin', 'tsc'),
}
const program = `
import { field, MprtapError, openTap, type Operation } from 'mprtap'
import { RingWriter } from 'mprtap/testing'
export async function watch(signal: { aborted: boolean, addEventListener(type: 'abort', listener: () => void): void, removeEventListener(type: 'abort', listener: () => void): void }) {
  const tap = await openTap({ filter: field('kind').equals('add'), signal })
  for await (const operation of tap) {
    const time: number = operation.time
    if (operation.outcome === 'failed') return { time, status: operation.status satisfies number, name: operation.error.name }
  }
  return tap.stats().lost
}
export const isOurs = (error: unknown): error is MprtapError => error instanceof MprtapError
export type Name = Operation['remoteName']
export const create = RingWriter.create
`
const strict = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
  target: 'es2022',
  lib: ['es2022'],
  exactOptionalPropertyTypes: true,
}

const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' }

describe.each(Object.entries(compilers).filter(([, path]) => existsSync(path)))('%s', (name, compiler) => {
  const compile = (text: string, options: object, file = 'main.mts') => {
    const user = new UserFolder()
    user.write(file, text)
    user.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, ...options }, files: [file] }))
    const { status, stdout } = user.run(process.execPath, compiler)
    return { status, stdout }
  }

  it.for([nodenext, { module: 'esnext', moduleResolution: 'bundler' }])('$moduleResolution', (options, test) => {
    const where = `${name}, ${options.moduleResolution}`
    cell(test, where, 'import')
    cell(test, where, 'types')
    expect(compile(program, options)).toEqual({ status: 0, stdout: '' })
  })

  it('nodenext, of a file that will be CommonJS', (test) => {
    cell(test, `${name}, nodenext`, 'require')
    expect(compile(program, nodenext, 'main.cts')).toEqual({ status: 0, stdout: '' })
  })

  it('node16, of a file that will be CommonJS: TypeScript says why it cannot', (test) => {
    const { stdout } = compile(program, { module: 'node16', moduleResolution: 'node16' }, 'main.cts')
    cell(test, `${name}, node16`, 'require', stdout.split('\n')[0])
    expect(stdout).toMatch(/TS1479: .*ECMAScript module/)
  })

  it.each([
    [`field('outcom')`, /TS2345: .*"outcom"/],
    [`field('outcome').equals('faild')`, /TS2345: .*"faild"/],
    [`field('durationMs').atLeast('2 s')`, /TS2345: .*'number'/],
    [`field('outcome').lessThan('failed')`, /TS2339: .*lessThan/],
  ])('does not compile %s', (text, error) => {
    expect(compile(`import { field } from 'mprtap'\n${text}\n`, nodenext).stdout).toMatch(error)
  })
})
