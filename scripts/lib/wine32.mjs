// The optional 32-bit tier: a small i386 Debian of its own below build/, with 32-bit Wine in it. Installing that beside the machine's own
// libraries would need i386 versions of all of them in step; this needs root, but changes nothing outside build/. Where the kernel runs no
// 32-bit programs QEMU does, registered in a user namespace of its own, so that the machine is as before.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inBuild, root } from './paths.mjs'
import { fingerprint, run, unlessFresh } from './run.mjs'
import { runs32Bit } from './runs-32-bit.mjs'
import { wineAt } from './wine.mjs'
import { ensureWinePrefix } from './wine-prefix.mjs'

const debian = inBuild('wine32', 'root')

/**
 * The emulator, where one is needed. QEMU before 8.1 does not know MAP_FIXED_NOREPLACE and looks for free addresses page by page: Wine, which
 * reserves 4 GiB in small parts, does not start in it within minutes.
 */
function findEmulator() {
  if (runs32Bit()) return undefined
  return [process.env.MPRTAP_QEMU_I386, 'qemu-i386', 'qemu-i386-static'].filter(Boolean).find((program) => {
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
    const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout ?? '') ?? []
    return Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 1)
  })
}
const emulator = findEmulator()
export const isEmulated = emulator !== undefined

/** An ELF header of i386, what of it counts, and the program for such files. `F`: opened now, so that it is there in the other root too. */
const registration = (program) => {
  const header = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, ...Array(9).fill(0), 2, 0, 3, 0]
  const mask = [255, 255, 255, 255, 255, 254, 254, 252, ...Array(8).fill(255), 254, 255, 255, 255]
  const text = (bytes) => bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  return `:mprtap-i386:M::${text(header)}:${text(mask)}:${program}:F`
}

// In mount namespaces of their own, so that no mount is left behind: Wine hangs without /proc, and the clone is seen under its own path.
const enterScript = `
if [ -n "$3" ]; then
  mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && printf %s "$3" >/proc/sys/fs/binfmt_misc/register && mount --rbind /dev "$1/dev" || exit 125
fi
mount --rbind /proc "$1/proc" && mount --bind "$2" "$1$2" || exit 125
directory=$1; shift 3
exec chroot "$directory" env --chdir="$PWD" PATH=/usr/lib/wine:/usr/sbin:/usr/bin:/sbin:/bin "$@"`

const namespaces = emulator ? ['--user', '--map-root-user', '--mount'] : ['--mount']

/** The 32-bit prefix. Every Linux path below the clone works in it as it does outside. */
export const wine32 = wineAt({
  prefix: inBuild('wine32', 'prefix'),
  kind: 'win32',
  enter: (program, args) => [
    'unshare',
    [...namespaces, 'sh', '-c', enterScript, 'sh', debian, root, emulator ? registration(emulator) : '', program, ...args],
  ],
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

/** What programs need of the packages: their files, and a DLL that Debian's libwine makes of another package's when it is set up. */
async function unpack() {
  const archives = join(debian, 'var/cache/apt/archives')
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb')))
    await run('dpkg-deb', ['-x', join(archives, name), debian])
  rmSync(archives, { recursive: true })
  const zlib = readFileSync(join(debian, 'usr/i686-w64-mingw32/lib/zlib1.dll'))
  zlib.fill(0, 64, 96).write('Wine builtin DLL', 64)
  writeFileSync(join(debian, 'usr/lib/i386-linux-gnu/wine/i386-windows/zlib1.dll'), zlib)
  for (const folder of ['proc', 'dev', 'tmp']) mkdirSync(join(debian, folder), { recursive: true })
}

async function installDebian({ release, mirror, updates }) {
  rmSync(debian, { recursive: true, force: true })
  mkdirSync(debian, { recursive: true })
  const options = ['--variant=minbase', '--arch=i386', '--include=wine,wine32', ...(updates ? [`--extra-suites=${release}-updates`] : [])]
  await run('debootstrap', [...(emulator ? ['--foreign'] : []), ...options, release, debian, mirror])
  if (emulator) await unpack()
  mkdirSync(join(debian, root), { recursive: true })
}

/** Why the tier cannot run on this machine; undefined when it can. */
export function whyNoWine32() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root, for a Debian of its own in a chroot'
  if (!runs32Bit() && !emulator) return 'the kernel of this machine runs no 32-bit programs, and there is no qemu-i386 of 8.1 or later'
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
