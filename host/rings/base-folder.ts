// Which folder an administrator may have set for mprtap's files. dll/policy.c decides the same for the writer, and format/policy-cases.json holds
// both to one table.

/** Units of the longest one: the longest name of a ring fits after it, in the DLL's buffers. */
const LENGTH_MAX = 200
// Names without what Windows allows in none, and without a dot or a blank at the end, which programs and Windows' kernel understand differently.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const BASE = /^[A-Za-z]:(?:\\[^\0-\x1f"*/:<>?\\|]*[^\0-\x1f"*/:<>?\\|. ])+$/

/** Whether `path` is a plain path to a folder on a drive. A backslash at its end has to be taken off before. */
export function isBaseFolder(path: string): boolean {
  return path.length <= LENGTH_MAX && BASE.test(path)
}
