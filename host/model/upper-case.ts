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

/** A text in upper case, unit by unit. */
export function fold(text: string): string {
  const upper = upperCaseTable()
  return Array.from({ length: text.length }, (_, i) => String.fromCharCode(upper[text.charCodeAt(i)]!)).join('')
}
