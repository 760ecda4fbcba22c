// Globs compare as Windows names do: without case, unit by unit. `assembly/name-tests.ts` runs them; here is the same match in TypeScript, for
// texts that never enter the core.

import { fold } from '../model/upper-case.ts'

/** Whether `text` matches `pattern`, in which `*` is any run of units and `?` any one. */
export function globs(pattern: string, text: string): boolean {
  const wanted = fold(pattern)
  const given = fold(text)
  let p = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < given.length; ) {
    if (wanted[p] === '*') {
      star = p++
      resume = i
    } else if (wanted[p] === '?' || wanted[p] === given[i]) {
      p++
      i++
    } else if (star >= 0) {
      p = star + 1
      i = ++resume
    } else {
      return false
    }
  }
  while (wanted[p] === '*') p++
  return p === wanted.length
}
