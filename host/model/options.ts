// Options as they come from programs without types: anything may stand in them.

import { MprtapError } from './errors.ts'
import { nearest } from './nearest.ts'

const SHOWN_MAX = 60

/** A value for an error message: short, and whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return isList(value) ? `a list of ${value.length}` : 'an object'
  return String(value)
}

/** Whether `value` is an object that has a function of this name. */
export function hasMethod(value: unknown, name: string): boolean {
  try {
    return typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function'
  } catch {
    return false
  }
}

/** Whether it is a list; asking never throws. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false // a proxy that was revoked
  }
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT, always. */
export function invalidOption(option: string, value: unknown, expected: string, cause?: unknown): never {
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `Option "${option}" is ${shown(value)}; it must be ${expected}.`, { cause })
}

/**
 * The options by their names, read once.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when they are not an object, when one has an unknown name, or when one cannot be read.
 */
export function readOptions<Options extends object>(options: unknown, known: readonly (keyof Options & string)[], of: string): Options {
  if (typeof options !== 'object' || options === null) {
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `The options of ${of} are ${shown(options)}; they must be an object.`)
  }
  try {
    if (Array.isArray(options)) throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `The options of ${of} are a list; they must be an object.`)
    for (const name of Object.keys(options)) {
      if ((known as readonly string[]).includes(name)) continue
      const meant = nearest(name, known)
      const hint = meant ? `Did you mean "${meant}"?` : `There are ${known.join(', ')}.`
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${of} has no option ${shown(name)}. ${hint}`)
    }
    return Object.fromEntries(known.map((name) => [name, (options as Options)[name]])) as Options
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `The options of ${of} could not be read: ${shown((cause as Error | undefined)?.message)}.`,
      { cause },
    )
  }
}
