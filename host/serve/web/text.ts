// Numbers, times and names for the page.

/** Characters that hide, or that turn the order of others around, as `<U+XXXX>`: names come from strangers. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

export function shown(name: string | undefined): string {
  return (name ?? '').replace(HIDDEN, (character) => `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`)
}

export function duration(ms: number | undefined): string {
  if (ms === undefined) return '–'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  return ms < 99_950 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`
}

export const count = (value: number): string => value.toLocaleString('en-US')

export function clock(epochMs: number): string {
  const time = new Date(epochMs)
  return Number.isNaN(time.getTime()) ? '--:--:--' : time.toTimeString().slice(0, 8)
}

/** A text of the filter language. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
