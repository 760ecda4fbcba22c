// The licence notices of what is bundled: build/THIRD-PARTY-NOTICES.txt, in the package.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, inRoot } from './paths.mjs'

/** The packages that the bundles hold: name, version, licence, its text. */
export function bundledPackages() {
  return JSON.parse(readFileSync(inBuild('bundled.json'), 'utf8')).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'))
    const file = readdirSync(inRoot(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file || typeof license !== 'string') throw new Error(`${name} is bundled and carries no licence text (${folder})`)
    return { name, version, license, text: readFileSync(join(inRoot(folder), file), 'utf8').trim() }
  })
}

export function writeNotices() {
  const head = 'mprtap is distributed under the MIT licence (LICENSE). Its files in build/ contain the following packages.\n'
  const parts = bundledPackages().map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`)
  const rule = `\n${'-'.repeat(78)}\n\n`
  writeFileSync(inBuild('THIRD-PARTY-NOTICES.txt'), [head, ...parts].join(rule))
}
