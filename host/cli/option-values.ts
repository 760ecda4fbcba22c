import { InvalidArgumentError } from 'commander'

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
