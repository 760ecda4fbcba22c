// npm leaves optional packages for other platforms out of package-lock.json when a registry does not carry them, and npm ci then refuses the
// lock file. This adds them, by name and version, as their dependents ask for them, and the hash of whatever has none. Run it after every
// change of dependencies.
//   node scripts/complete-lock.mjs           completes the lock file
//   node scripts/complete-lock.mjs --check   fails when something is missing
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { inRoot } from './lib/paths.mjs'

const file = inRoot('package-lock.json')
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

/** The lock's entry of a platform package, read off its name; `undefined` for a package that is for every platform. */
function entryOf(name, version, dev) {
  const words = name.split('/').at(-1).split('-')
  const os = systems.find((word) => words.includes(word))
  const cpu = processors.find((word) => words.includes(word))
  if (!os || !cpu || /[\^~<>* ]/.test(version)) return undefined
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined
  return { version, cpu: [cpu], ...(dev ? { dev: true } : {}), ...(libc ? { libc } : {}), optional: true, os: [os] }
}

const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = {}
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`
    const entry = lock.packages[key] || lock.packages[`${path}/${key}`] ? undefined : entryOf(name, version, dev)
    if (entry) missing[key] = entry
  }
}
const packages = { ...lock.packages, ...missing }
/** What npm would install whatever it got. Packages that travel inside another one are covered by that one's hash. */
const withoutHash = Object.entries(packages).filter(
  ([path, { integrity, inBundle, link }]) => path !== '' && !integrity && !inBundle && !link,
)

/** Asks the registry for a package's hash; undefined when it does not carry that package. */
function hashOf(path, { name = path.split('node_modules/').at(-1), version }) {
  const { stdout } = spawnSync('npm', ['view', `${name}@${version}`, 'dist.integrity'], { encoding: 'utf8' })
  return /^sha512-\S+$/.test(stdout.trim()) ? stdout.trim() : undefined
}

if (process.argv.includes('--check')) {
  // An optional package that no registry carries can be installed by nobody.
  const wanting = [...Object.keys(missing), ...withoutHash.filter(([, { optional }]) => !optional).map(([path]) => path)]
  if (wanting.length > 0)
    process.stderr.write(`package-lock.json lacks ${wanting.join(', ')}, or the hash. Run node scripts/complete-lock.mjs\n`)
  process.exitCode = wanting.length > 0 ? 1 : 0
} else {
  let found = 0
  for (const [path, entry] of withoutHash) {
    const integrity = hashOf(path, entry)
    if (!integrity) continue
    const { version, ...rest } = entry
    packages[path] = { ...(rest.name ? { name: rest.name } : {}), version, integrity, ...rest }
    found++
  }
  const [root, ...others] = Object.entries(packages)
  lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))])
  if (found + Object.keys(missing).length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(
    `added ${Object.keys(missing).length} packages of other platforms and ${found} hashes; ${withoutHash.length - found} packages are in no registry\n`,
  )
}
