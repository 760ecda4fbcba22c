// Guards of the C sources, as they mark them:
//
//   code // GUARD(name)                 without it: that line is gone
//   code // GUARD(name) without: code   without it: that line is this code
import { readdirSync, readFileSync } from 'node:fs'
import { inRoot } from '../../scripts/lib/paths.mjs'

const TAG = /^(\s*).*\/\/ GUARD\(([\w-]+)\)(?: without: (.*))?$/

/** Sources that the native tests compile. The guards in all others are noticed under Wine only. */
export const PORTABLE = ['checksum.c', 'policy.c', 'record.c', 'ring.c', 'sid.c', 'atomic.h', 'path.h', 'retry.h', 'look.h', 'ring_cache.c']
export const WINDOWS = readdirSync(inRoot('dll'))
  .filter((file) => /\.[ch]$/.test(file) && !PORTABLE.includes(file))
  .sort()

/** The guards of one file in dll/, each with the whole source without it. */
export function guardsOf(file) {
  const source = readFileSync(inRoot('dll', file), 'utf8')
  const lines = source.split('\n')
  const guards = lines.flatMap((line, i) => {
    const [tag, indentation, name, code = ''] = TAG.exec(line) ?? []
    return tag === undefined ? [] : [{ name, without: lines.with(i, indentation + code).join('\n') }]
  })
  return { source, guards }
}
