import { VIEWS } from './activity.ts'
import { type Choice, ORDERS } from './layout.ts'

/** What a key asks for beside a new choice. */
export type KeyResult = Choice | 'quit'

const FILTER_MAX = 100

const next = <Item>(items: readonly Item[], item: Item): Item => items[(items.indexOf(item) + 1) % items.length]!

/** Keys of what a terminal sends at once: escape sequences are one key. */
export function keysOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal sends them.
  return text.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[\s\S]/gu) ?? []
}

/** The choice after a key. @param page rows of a screen */
export function afterKey(key: string, choice: Choice, page: number): KeyResult {
  if (key === '\x03') return 'quit'
  return choice.isTyping ? whileTyping(key, choice) : whileLooking(key, choice, page)
}

function whileTyping(key: string, choice: Choice): Choice {
  const { filter } = choice
  if (key === '\r' || key === '\n') return { ...choice, isTyping: false }
  if (key === '\x1b') return { ...choice, filter: '', isTyping: false }
  if (key === '\x7f' || key === '\b') return { ...choice, filter: Array.from(filter).slice(0, -1).join('') }
  const isText = !/^[\p{C}\p{Z}]/u.test(key) || key === ' '
  return isText && filter.length < FILTER_MAX ? { ...choice, filter: filter + key, skipped: 0 } : choice
}

function whileLooking(key: string, choice: Choice, page: number): KeyResult {
  const scrolled = (rows: number) => ({ ...choice, skipped: Math.max(0, choice.skipped + rows) })
  switch (key) {
    case 'q':
    case 'Q':
      return 'quit'
    case 's':
      return { ...choice, order: next(ORDERS, choice.order), skipped: 0 }
    case 'v':
    case '\t':
      return { ...choice, view: next(VIEWS, choice.view), skipped: 0 }
    case 'f':
    case '/':
      return { ...choice, isTyping: true }
    case 'p':
      return { ...choice, isPaused: !choice.isPaused }
    case '\x1b[A':
    case '\x1bOA':
      return scrolled(-1)
    case '\x1b[B':
    case '\x1bOB':
      return scrolled(1)
    case '\x1b[5~':
      return scrolled(-page)
    case '\x1b[6~':
      return scrolled(page)
    default:
      return choice
  }
}
