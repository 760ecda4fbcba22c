// What the proof needs to have forwarders in Node for Windows under Wine.
import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { take } from '../../../scripts/lib/lock.mjs'
import { inBuild } from '../../../scripts/lib/paths.mjs'
import { hasTools } from '../../../scripts/lib/tools.mjs'
import { windowsNodeDirectory } from '../../../scripts/lib/windows-node.mjs'
import { keepWineWarm, toWindowsPath, wine64 } from '../../../scripts/lib/wine.mjs'

const bundle = join(windowsNodeDirectory, 'sinks.js')

/** The library as a program in there imports it. */
export const windowsBundle = `file:///${toWindowsPath(bundle).replaceAll('\\', '/')}`

/** @param {string | undefined} wanted how many hosts; one where Wine and Node for Windows are set up. @returns how many there are. */
export async function prepareWindows(wanted) {
  const isThere = hasTools('windows-node') && existsSync(wine64.system32)
  if (!isThere && Number(wanted ?? 1) > 0) {
    process.stderr.write(
      'NODE FOR WINDOWS IS NOT SET UP: no forwarder runs on Windows. node scripts/setup.mjs --tiers core,wine sets it up.\n',
    )
    return 0
  }
  const hosts = Number(wanted ?? 1)
  if (hosts === 0) return 0
  // The prefix belongs to one program at a time.
  await take('wine')
  for (const name of ['sinks.js', 'index.js']) copyFileSync(inBuild(name), join(windowsNodeDirectory, name))
  // What both load.
  rmSync(join(windowsNodeDirectory, 'index'), { recursive: true, force: true })
  cpSync(inBuild('index'), join(windowsNodeDirectory, 'index'), { recursive: true })
  keepWineWarm()
  return hosts
}
