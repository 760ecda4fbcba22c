// Where figures come from: without it they mean nothing.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, type as osType, release, totalmem } from 'node:os'

function ask(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

/** Sizes of the data caches of the first core, "L1 48K", … */
function caches(): string[] {
  const sizes: string[] = []
  for (let index = 0; index < 8; index++) {
    const read = (name: string) => readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${index}/${name}`, 'utf8').trim()
    try {
      if (read('type') !== 'Instruction') sizes.push(`L${read('level')} ${read('size')}`)
    } catch {
      break
    }
  }
  return sizes
}

export function environment() {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    caches: caches(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${distribution()} (${osType()} ${release()})`,
    node: process.versions.node,
    v8: process.versions.v8,
    clang: /version (\S+)/.exec(ask('clang', '--version'))?.[1] ?? 'missing',
    date: new Date().toISOString(),
    commit: ask('git', 'rev-parse', '--short', 'HEAD'),
  }
}
