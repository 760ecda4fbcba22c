// npm leaves optional packages for other platforms out of package-lock.json when a registry does not carry them, and npm ci then refuses the
// lock file. This adds them, by name and version, as their dependents ask for them. Run it after every change of dependencies.
//   node scripts/complete-lock.mjs           completes the lock file
//   node scripts/complete-lock.mjs --check   fails when something is missing
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
const names = Object.keys(missing)
if (names.length > 0 && process.argv.includes('--check')) {
  process.stderr.write(`package-lock.json lacks ${names.join(', ')}. Run node scripts/complete-lock.mjs\n`)
  process.exitCode = 1
} else if (names.length > 0) {
  const [root, ...others] = Object.entries({ ...lock.packages, ...missing })
  lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))])
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(`added ${names.length} packages of other platforms\n`)
}
