// The declarations in every TypeScript that is in use: strict, libraries checked, with neither DOM nor Node's types.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { tool } from '../../scripts/lib/tools.mjs'
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

describe.each(Object.entries(compilers).filter(([, path]) => existsSync(path)))('%s', (_, compiler) => {
  const compile = (text: string, options: object, name = 'main.mts') => {
    const user = new UserFolder()
    user.write(name, text)
    user.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, ...options }, files: [name] }))
    const { status, stdout } = user.run(process.execPath, compiler)
    return { status, stdout }
  }

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('$moduleResolution', (options) => {
    expect(compile(program, options)).toEqual({ status: 0, stdout: '' })
  })

  it('tells wrong names in a filter', () => {
    const { stdout } = compile(`import { field } from 'mprtap'\nfield('outcom')\n`, { module: 'nodenext', moduleResolution: 'nodenext' })
    expect(stdout).toMatch(/TS2345/)
  })
})
