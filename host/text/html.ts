// HTML out of templates. Every value is escaped, so that a name chosen by a stranger is shown and never becomes markup.

import { safeText } from './safe-text.ts'

/** A piece of markup that is safe as it is. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes. Nothing is written for `undefined` and `false`. */
export type HtmlValue = string | number | Markup | undefined | false | readonly HtmlValue[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for an element or a quoted attribute. Characters that hide or reorder others are shown as `<U+XXXX>`. */
export function escapeHtml(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

/** A template: `` html`<td>${name}</td>` ``. Markup and lists of it are put in as they are, all else is escaped. Quote attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  return new Markup(strings.map((string, i) => string + textOf(values[i])).join(''))
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return escapeHtml(String(value))
}
