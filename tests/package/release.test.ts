// What a release says about itself.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { inBuild, inRoot } from '../../scripts/lib/paths.mjs'
import { makeSbom } from '../../scripts/lib/sbom.mjs'

type Component = {
  name: string
  version: string
  scope: string
  hashes?: { alg: string; content: string }[]
  purl: string
  'bom-ref': string
}
const bundled = (JSON.parse(readFileSync(inBuild('bundled.json'), 'utf8')) as string[]).map(
  (folder) => folder.split('node_modules/').at(-1)!,
)
const bill = makeSbom() as { components: Component[]; dependencies: { dependsOn: string[] }[] }

it('the bill of materials names koffi and every package that is bundled, each with its hash', () => {
  const names = bill.components.map(({ name }) => name)
  expect(names).toContain('koffi')
  expect(names).toEqual(expect.arrayContaining(bundled))
  for (const { scope, hashes, purl } of bill.components)
    if (scope === 'required') expect(hashes?.[0]?.content, purl).toMatch(/^[0-9a-f]{128}$/)
})

it('it names nothing that is only for development', () => {
  const { devDependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const development = Object.keys(devDependencies).filter((name) => !bundled.includes(name))
  expect(bill.components.map(({ name }) => name).filter((name) => development.includes(name))).toEqual([])
})

it('one package has one bill', () => {
  expect(JSON.stringify(makeSbom())).toBe(JSON.stringify(bill))
  expect(bill.dependencies[0]!.dependsOn).toEqual(bill.components.map((component) => component['bom-ref']))
})
