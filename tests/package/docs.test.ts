// The documents that travel with the package: what they tell people to type works, as it stands, where the package is installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { UserFolder } from './user.ts'

const home = join(inject('installed'), 'node_modules/mprtap')
const pages = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
const read = (name: string) => readFileSync(join(home, name), 'utf8')
/** Blocks of a page in one of the languages. */
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text!)

let user: UserFolder
beforeEach(() => {
  user = new UserFolder()
})
const shell = (text: string) => user.run('sh', '-euc', text)

describe('links', () => {
  it.each(pages)('%s leads nowhere that is not in the package', (page) => {
    const targets = [...read(page).matchAll(/(?<!`)\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) => target!)
    const dead = targets.filter((target) => !existsSync(resolve(home, dirname(page), target)))
    expect(dead).toEqual([])
  })

  it.each(pages.filter((page) => !page.includes('api/')))('%s names headings that are there', (page) => {
    const anchors = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-')
    const missing = anchors.filter(([, target, anchor]) => {
      const other = target === '' ? page : relative(home, resolve(home, dirname(page), target!))
      if (!other.endsWith('.md') || !existsSync(join(home, other))) return false
      const headings = [...read(other).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading!.replaceAll('`', '')))
      return !headings.includes(anchor!)
    })
    expect(missing.map(([link]) => link)).toEqual([])
  })
})

describe('the first page', () => {
  const [minute] = blocks('README.md', 'sh')
  const [program] = blocks('README.md', 'js')

  it('"In a minute", line by line, in an empty folder', () => {
    const lines = minute!.trim().split('\n')
    expect(lines[0]).toBe('npm install mprtap')
    // The package is installed here; what comes after it is run as it stands.
    const { status, stdout, stderr } = shell(lines.slice(1).join('\n'))
    expect({ status, stderr: stderr.replace(/^.*\n/gm, (line) => (/warn|notice/.test(line) ? '' : line)) }).toMatchObject({ status: 0 })
    expect(stdout).toContain('server ')
    expect(stdout).toContain('ERROR_SESSION_CREDENTIAL_CONFLICT')
  })

  it('the program prints what failed', () => {
    expect(shell(minute!.trim().split('\n')[1]!).status).toBe(0)
    const { status, stdout, stderr } = user.run(process.execPath, user.write('main.mjs', program!))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^\\\\\S+.* (ERROR_\w+|undefined) [\d.]+$/m)
  })

  it('the picture of a report is what the command prints', () => {
    const [, options] = /`mprtap (generate [^`]+)`/.exec(read('README.md'))!
    const [picture] = blocks('README.md', 'text')
    const [prompt, ...lines] = picture!.trimEnd().split('\n')
    expect(shell(`npx mprtap ${options}`).status).toBe(0)
    const { stdout } = shell(`npx ${prompt!.slice('$ '.length)}`)
    expect(stdout).toContain(`${lines.join('\n')}\n`)
  })
})

describe('samples', () => {
  const samples = pages
    .filter((page) => !page.includes('api/') && !page.includes('adr/'))
    .flatMap((page) =>
      ['js', 'ts'].flatMap((language) => blocks(page, language).map((text, i) => [`${page} ${language} ${i + 1}`, text, language])),
    )
    .filter(([, text]) => text!.includes("from 'mprtap"))

  it.each(samples)('%s compiles', (_, text, language) => {
    const name = `sample.m${language}`
    user.write(name, text!)
    const declared = `declare const console: { log(...values: unknown[]): void, error(...values: unknown[]): void }
      declare const process: { argv: string[], on(name: string, listener: () => void): void }
      declare function store(...values: unknown[]): Promise<void>
      declare module 'node:stream' { export const Readable: { from<T>(source: AsyncIterable<T>): AsyncIterable<T> } }`
    user.write('declared.d.ts', declared)
    const compilerOptions = {
      strict: true,
      noImplicitAny: false,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      types: [],
      module: 'nodenext',
      target: 'esnext',
      lib: ['esnext'],
    }
    user.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [name, 'declared.d.ts'] }))
    const { stdout } = user.run(process.execPath, inRoot('node_modules/typescript/bin/tsc'))
    expect(stdout).toBe('')
  })

  it('how to test without Windows', () => {
    const text = blocks('docs/embedding.md', 'js').find((block) => block.includes('FakeSource'))!
    expect(user.run(process.execPath, user.write('main.mjs', text))).toEqual({
      status: 0,
      stdout: 'ERROR_BAD_NETPATH\nunfinished\n',
      stderr: '',
    })
  })

  it('the lines of the guide to measuring', () => {
    const { status, stdout } = shell(blocks('docs/measuring.md', 'sh')[0]!.replaceAll(/^mprtap/gm, 'npx mprtap'))
    expect(status).toBe(0)
    expect(stdout).toContain('operations')
  })
})
