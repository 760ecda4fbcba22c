// Which paths Windows' own programs cannot open, though files can be made under them: Node names files in the kernel's form, in which nothing is
// tidied up ("Naming Files, Paths, and Namespaces").

/** Names of devices, alone or before a dot. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const NEVER = /[\0-\x1f"*:<>?|]/

/** Whether Windows keeps this name for a device. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(name)
}

/** Whether Windows would open a device under this path: nothing of ours is ever there, and waiting for it has no end. */
export function isDevicePath(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1)!
  return /^[\\/]{2}\.[\\/]/.test(path) || isDeviceName(name.replace(/:$/, ''))
}

/**
 * Why nothing should be made under this path on Windows; `undefined` when nothing speaks against it.
 *
 * @returns the end of a sentence whose beginning is the path.
 */
export function windowsPathFault(path: string): string | undefined {
  if (/^[\\/]{2}\.[\\/]/.test(path)) return 'is a device, not a file'
  const names = path
    .replace(/^[\\/]{2}\?[\\/]/, '')
    .replace(/^[A-Za-z]:/, '')
    .split(/[\\/]/)
  for (const name of names) {
    if (name === '.' || name === '..') continue
    if (isDeviceName(name)) return `has the name of a device, ${name}: Windows' programs could not open it, nor remove it`
    if (/[. ]$/.test(name)) return 'has a name that ends in a dot or a blank: most programs could not open it'
    const [unit] = NEVER.exec(name) ?? []
    if (unit === ':') return 'has a colon in a name: what is written would be hidden in another file'
    if (unit !== undefined) return `has a character in a name that Windows allows in none (${unit < ' ' ? 'a control character' : unit})`
  }
  return undefined
}
