// The software bill of materials, CycloneDX 1.5 as JSON: what is bundled and what is installed with the package, by version and hash. It holds
// no date and no random number, so that one package has one bill.
import { readFileSync } from 'node:fs'
import { bundledPackages } from './notices.mjs'
import { inRoot } from './paths.mjs'

const purl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

function component({ name, version, license, integrity, scope = 'required' }) {
  const hash = integrity && {
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') }],
  }
  const licenses = license && { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] }
  return { type: 'library', 'bom-ref': purl(name, version), name, version, scope, ...hash, ...licenses, purl: purl(name, version) }
}

/**
 * @param {{ name: string, version: string, license?: string }[]} [more] what else is delivered, such as Node itself
 * @returns {object} the bill
 * @throws Error when a package that is bundled has no hash in the lock file.
 */
export function makeSbom(more = []) {
  const { name, version, license, dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const packages = Object.entries(JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages)
  const nameOf = (path) => path.split('node_modules/').at(-1)
  // What npm installs with the package: its dependencies, theirs, and so on.
  const installed = new Map()
  const install = (names, scope) => {
    for (const one of names) {
      const entry = installed.has(one) ? undefined : packages.find(([path]) => path === `node_modules/${one}`)?.[1]
      if (!entry) continue
      installed.set(one, { ...entry, name: one, scope })
      install(Object.keys(entry.dependencies ?? {}), scope)
      install(Object.keys(entry.optionalDependencies ?? {}), 'optional')
    }
  }
  install(Object.keys(dependencies), 'required')
  const bundled = bundledPackages().map((one) => {
    const integrity = packages.find(([path, entry]) => nameOf(path) === one.name && entry.version === one.version)?.[1].integrity
    if (!integrity) throw new Error(`${one.name} ${one.version} is bundled and has no hash in package-lock.json.`)
    return { ...one, integrity }
  })
  const components = [...bundled, ...installed.values(), ...more].map(component).sort((a, b) => (a.purl < b.purl ? -1 : 1))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: component({ name, version, license }) },
    components,
    dependencies: [{ ref: purl(name, version), dependsOn: components.map((one) => one['bom-ref']) }],
  }
}
