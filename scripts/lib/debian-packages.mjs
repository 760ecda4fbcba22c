// The Debian packages that each tier uses: which are missing, and installing them.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { run } from './run.mjs'
import { exitCodes, SetupError } from './setup-error.mjs'

const crossCompiler = ['clang', 'lld', 'llvm']

export const packagesOf = {
  core: [],
  /**
   * The host's tests on Linux run the shipped C: its writers, and the fuzz target with its sanitizers. `unshare` and `mount`: a full disk.
   * jq and Python: readers of JSON that are not ours. The headers of mingw-w64: the names of statuses.
   * tshark and wireshark-common: what captures are checked with.
   */
  host: [
    'clang',
    'libclang-rt-dev',
    'libc6-dev',
    'util-linux',
    'mount',
    'coreutils',
    'jq',
    'python3',
    'mingw-w64-common',
    'tmux',
    'zsh',
    'tshark',
    'wireshark-common',
    'prometheus',
  ],
  /** The C writer under AddressSanitizer and UBSan, in 64 and in 32 bits, and the DLL. */
  native: [...crossCompiler, 'libclang-rt-dev', 'libc6-dev', 'gcc-multilib', 'qemu-user-static'],
  /** The DLL against the stand-in for MPR: headers and import libraries for the test programs, Wine, the installer, and what is forwarded to. */
  wine: [...crossCompiler, 'mingw-w64-x86-64-dev', 'wine', 'wine64', 'nsis', 'nats-server'],
  /** The DLL in 32 bits: a small Debian of its own, because 32-bit libraries need not fit beside this machine's. */
  wine32: [...crossCompiler, 'mingw-w64-i686-dev', 'nsis', 'debootstrap'],
  /** Pages in a real browser. */
  pages: ['chromium'],
  /** The engine of a farm: NATS with JetStream. openssl: certificates for tests. rsyslog: somebody else's receiver of lines. */
  farm: ['nats-server', 'openssl', 'rsyslog'],
  /** `npm run parsers`: readers of JSON in other languages, and what builds them. */
  parsers: [
    'jq',
    'python3',
    'golang-go',
    'rustc',
    'cargo',
    'librust-serde-json-dev',
    'mono-runtime',
    'mono-mcs',
    'libmono-system-web-extensions4.0-cil',
  ],
  /** The ring protocol's model. */
  model: ['spin', 'gcc', 'libc6-dev'],
}

/** The identity of the system's distribution and of those it derives from, as in ["ubuntu", "debian"]. */
function distribution() {
  const file = '/etc/os-release'
  if (process.platform !== 'linux' || !existsSync(file)) return []
  const fields = new Map([...readFileSync(file, 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map((match) => [match[1], match[2]]))
  return `${fields.get('ID') ?? ''} ${fields.get('ID_LIKE') ?? ''}`.trim().split(/\s+/)
}

const supported = `Without them, everything that is plain Node works everywhere: npm ci, npm run build, npm run check.
The native tests and the Wine tests, which npm start and npm test need, run on Debian 12 or a relative, on x64.
On Windows, WSL with Debian will do.`

/** Throws when the system is not one whose packages we know. */
export function checkSystem(tiers) {
  if (packagesFor(tiers).length === 0) return
  if (distribution().includes('debian') && process.arch === 'x64') return
  const here =
    process.platform === 'linux'
      ? `this Linux (${distribution()[0] ?? 'unknown'}, ${process.arch})`
      : `${process.platform} (${process.arch})`
  throw new SetupError(exitCodes.unsupportedSystem, `The tiers ${tiers.join(', ')} cannot be set up on ${here}.\n${supported}`)
}

/** The packages of these tiers. Tools from npm (tools.mjs) need none. */
export const packagesFor = (tiers) => [...new Set(tiers.flatMap((tier) => packagesOf[tier] ?? []))]

/** The packages of these tiers that are not installed. */
export function missingPackages(tiers) {
  const wanted = packagesFor(tiers)
  if (wanted.length === 0) return []
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's
  const format = '${Package} ${db:Status-Status}\n'
  // Fails for names that dpkg has never heard of, but prints the others all the same.
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...wanted], { encoding: 'utf8' })
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return wanted.filter((name) => !installed.has(name))
}

/** What to put before a command so that it runs as root; undefined when that needs a password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

const lists = '/var/lib/apt/lists'
const hasPackageLists = () => existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'))

/** Throws, with the command to run, when this user may not install packages. */
export function checkMayInstall(packages) {
  if (rootPrefix()) return
  const command = `sudo apt-get update && sudo ${installCommand(packages).join(' ')}`
  const text = 'Debian packages are missing, and installing them needs your password. Run this, then try again:'
  throw new SetupError(exitCodes.packagesMissing, `${text}\n\n    ${command}\n`)
}

const installCommand = (packages) => ['apt-get', 'install', '-y', '--no-install-recommends', ...packages]

/** Installs packages, after checkMayInstall. */
export async function installPackages(packages) {
  const [sudo, ...sudoOptions] = rootPrefix() ?? []
  const asRoot = ([program, ...args]) => {
    const settings = ['DEBIAN_FRONTEND=noninteractive', program, '-o', 'DPkg::Lock::Timeout=120', ...args]
    return sudo ? run(sudo, [...sudoOptions, 'env', ...settings]) : run('env', settings)
  }
  const update = () => asRoot(['apt-get', 'update', '-qq'])
  const install = () => asRoot(installCommand(packages))
  if (!hasPackageLists()) await update()
  // Lists that are too old name files that the mirror no longer has.
  await install().catch(async () => {
    await update()
    await install()
  })
}
