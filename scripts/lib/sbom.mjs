// The software bill of materials, CycloneDX 1.5 as JSON: what is bundled and what is installed with the package, by version and hash. It holds
// no date and no random number, so that one package has one bill.
import { readFileSync } from 'node:fs'
import { bundledPackages } from './notices.mjs'
import { inRoot } from './paths.mjs'

const purl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

function component(name, version, license, integrity, scope) {
  const hash = integrity && { hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') }] }
  return {
    type: 'library',
    'bom-ref': purl(name, version),
    name,
    version,
    scope,
    ...hash,
    ...(license ? { licenses: [{ license: { id: license } }] } : {}),
    purl: purl(name, version),
  }
}

/** @returns {object} the bill */
export function makeSbom() {
  const { name, version, license } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'))
  const nameOf = (path) => path.split('node_modules/').at(-1)
  const installed = Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional)
    .map(([path, entry]) =>
      component(nameOf(path), entry.version, entry.license, entry.integrity, entry.optional ? 'optional' : 'required'),
    )
  const integrityOf = (wanted, its) =>
    Object.entries(packages).find(([path, entry]) => nameOf(path) === wanted && entry.version === its)?.[1].integrity
  const bundled = bundledPackages().map((one) =>
    component(one.name, one.version, one.license, integrityOf(one.name, one.version), 'required'),
  )
  const self = purl(name, version)
  const components = [...bundled, ...installed].sort((a, b) => (a.purl < b.purl ? -1 : 1))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...component(name, version, license, undefined, 'required'), type: 'library', 'bom-ref': self } },
    components,
    dependencies: [{ ref: self, dependsOn: components.map(({ purl }) => purl) }],
  }
}
