// A disk without room. Rings may have holes, so the room may also run out while one is written: Windows raises an exception then.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { wineAt } from '../../scripts/lib/wine.mjs'
import { architecture, fresh, ringFiles, rings, run, runIn, wine } from './wine-bed.mjs'

// A file system of 64 KiB over the directory of rings, which only these programs and their Wine server see. Its room runs out among a ring's
// slots; before a ring can be made; and, since that ring is all hole, when its header is read.
const script = `
mount -t tmpfs -o size=65536 tmpfs "$1" && cd "$1" || exit 125
ring=$2 size=$3 wine=$4 drive=$5 dll=$6; set -e
"$wine" "$drive" "$dll" pairs 500
rm "$ring" && head -c 65536 /dev/zero > filler
"$wine" "$drive" "$dll" keeps 500
truncate -s "$size" "$ring"
"$wine" "$drive" "$dll" keeps 500`

/** The tests. They need a mount of their own, which the 32-bit tier's root of its own does not show. */
export async function fullDisk() {
  if (architecture === 'x86') return
  if (spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', rings], { stdio: 'ignore' }).status !== 0)
    return console.log('A FULL DISK IS NOT TESTED: this system allows no mounts')
  fresh()
  await run('once')
  const ring = ringFiles()[0]
  const { size } = statSync(join(rings, ring))
  const enter = (program, args) => ['unshare', ['--mount', 'sh', '-c', script, 'sh', rings, ring, size, program, ...args]]
  wine.stop()
  await runIn(wineAt({ prefix: wine.prefix, kind: 'win64', enter }), 'on a full disk')
  wine.stop()
  wine.keepWarm()
}
