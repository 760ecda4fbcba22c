// The optional 32-bit tier: a small i386 Debian of its own below build/, with 32-bit Wine in it. Installing that beside the machine's own
// libraries would need i386 versions of all of them in step; this needs root, but changes nothing outside build/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, root } from './paths.mjs'
import { fingerprint, run, unlessFresh } from './run.mjs'
import { runs32Bit } from './runs-32-bit.mjs'
import { wineAt } from './wine.mjs'
import { ensureWinePrefix } from './wine-prefix.mjs'

const debian = inBuild('wine32', 'root')

// In mount namespaces of their own, so that no mount is left behind: Wine hangs without /proc, and the clone is seen under its own path.
const enterScript = `
mount --rbind /proc "$1/proc" && mount --bind "$2" "$1$2" || exit 125
directory=$1; shift 2
exec chroot "$directory" env --chdir="$PWD" "$@"`

/** The 32-bit prefix. Every Linux path below the clone works in it as it does outside. */
export const wine32 = wineAt({
  prefix: inBuild('wine32', 'prefix'),
  kind: 'win32',
  enter: (program, args) => ['unshare', ['--mount', 'sh', '-c', enterScript, 'sh', debian, root, program, ...args]],
})

/** The mirror and the release that this machine itself uses. */
function debianSource() {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const format = ['indextargets', '--format', '$(SITE) $(CODENAME) $(COMPONENT)', 'Created-By: Packages']
  const { stdout } = spawnSync('apt-get', format, { encoding: 'utf8' })
  const sources = (stdout ?? '').split('\n').map((line) => line.split(' '))
  const mirror = sources.find(([, codename, component]) => codename === release && component === 'main')?.[0]
  const updates = sources.some(([site, codename]) => site === mirror && codename === `${release}-updates`)
  return { release, mirror, updates }
}

async function installDebian({ release, mirror, updates }) {
  rmSync(debian, { recursive: true, force: true })
  mkdirSync(debian, { recursive: true })
  const options = ['--variant=minbase', '--arch=i386', '--include=wine,wine32', ...(updates ? [`--extra-suites=${release}-updates`] : [])]
  await run('debootstrap', [...options, release, debian, mirror])
  mkdirSync(join(debian, root), { recursive: true })
}

/** Why the tier cannot run on this machine; undefined when it can. */
export function whyNoWine32() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root, for a Debian of its own in a chroot'
  if (!runs32Bit()) return 'the kernel of this machine runs no 32-bit programs'
  if (spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status !== 0) return 'this system allows no mounts'
  return debianSource().mirror ? undefined : "apt's sources name no mirror for this release"
}

const stamp = inBuild('wine32', 'stamp')

/** Whether it has been made already, which takes more than a minute. */
export const hasWine32 = () => existsSync(stamp)

/**
 * Makes the 32-bit prefix with its stand-in MPR, or brings it up to date. Check whyNoWine32() first.
 * @returns {Promise<boolean>} whether Wine ran: then call wine32.stop() when done with it
 */
export async function ensureWine32() {
  const source = debianSource()
  await unlessFresh(stamp, fingerprint([source.release, root], []), () => installDebian(source))
  return ensureWinePrefix(wine32, 'x86')
}
