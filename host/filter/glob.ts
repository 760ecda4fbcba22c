// Globs compare as Windows names do: without case, unit by unit. `assembly/filter.ts` runs them; here are the table it folds with, and the
// same match in TypeScript for texts that never enter the core.

let table: Uint16Array | undefined

/**
 * Upper case of every UTF-16 unit, where that is one unit: Windows folds names unit by unit as well, by a table of its own that may differ
 * for rare letters. Units whose upper case is longer (ß) and halves of surrogate pairs stay as they are. docs/filters.md has the details.
 */
export function upperCaseTable(): Uint16Array {
  table ??= Uint16Array.from({ length: 0x10000 }, (_, unit) => {
    const upper = String.fromCharCode(unit).toUpperCase()
    return upper.length === 1 ? upper.charCodeAt(0) : unit
  })
  return table
}

export function fold(text: string): string {
  const upper = upperCaseTable()
  return Array.from({ length: text.length }, (_, i) => String.fromCharCode(upper[text.charCodeAt(i)]!)).join('')
}

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
