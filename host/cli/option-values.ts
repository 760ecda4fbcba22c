import { InvalidArgumentError } from 'commander'
import { windowsPathFault } from '../model/windows-path.ts'

/** A parser of whole numbers within bounds, for commander. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`Give a whole number, ${bounds}.`)
    return value
  }
}

/** A parser of numbers above zero, at most `most`. */
export function positiveNumber(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > most) throw new InvalidArgumentError(`Give a number above 0, at most ${most}.`)
    return value
  }
}

const AGE_UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

/** A parser of ages such as `12h` or `30d`, of an hour or more; gives milliseconds. */
export function age(text: string): number {
  const [, number, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  if (number === undefined || Number(number) === 0) throw new InvalidArgumentError('Give hours or days, such as 12h or 30d.')
  return Number(number) * AGE_UNITS[unit!]!
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A parser of durations such as `800ms`, `2s`, `1.5m`; gives milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? []
  if (number === undefined) throw new InvalidArgumentError('Give a duration with its unit, such as 800ms, 2s, 1.5m or 1h.')
  return Number(number) * DURATION_UNITS[unit!]!
}

/** A parser of texts that mean something: paths, names. An empty one is mostly a variable that was not set. */
export function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return text
}

/** A parser of paths under which something is made. */
export function newPath(text: string): string {
  notEmpty(text)
  const fault = process.platform === 'win32' ? windowsPathFault(text) : undefined
  if (fault !== undefined) throw new InvalidArgumentError(`It ${fault}. Give another name.`)
  return text
}

/** A parser of any number of such texts. */
export function notEmptyList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, notEmpty(text)]
}

const SIZE_UNITS: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9 }

/** A parser of sizes such as `100MB`; gives bytes. */
export function size(text: string): number {
  const [, number, unit] = /^(\d{1,6})(KB|MB|GB)$/i.exec(text) ?? []
  if (number === undefined || Number(number) === 0) throw new InvalidArgumentError('Give a size such as 100MB.')
  return Number(number) * SIZE_UNITS[unit!.toUpperCase()]!
}
