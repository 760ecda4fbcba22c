// Registry values for Wine, as one .reg file: importing many values at once costs no more than importing one.
import { rmSync, writeFileSync } from 'node:fs'
import { inBuild } from './paths.mjs'
import { toWindowsPath, wine64 } from './wine.mjs'

const quoted = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

export const text = (value) => quoted(value)
export const number = (value) => `dword:${value.toString(16).padStart(8, '0')}`
/** REG_EXPAND_SZ. */
export const expandable = (value) =>
  `hex(2):${[...Buffer.from(`${value}\0`, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`
/** Deletes the value. */
export const removed = () => '-'

/**
 * @param {Record<string, Record<string, string>>} keys key path to value name to value, made by the functions above
 * @returns {string} the text of a .reg file
 */
export function registryFile(keys) {
  const sections = Object.entries(keys).map(([key, values]) => {
    const lines = Object.entries(values).map(([name, value]) => `${quoted(name)}=${value}`)
    return [`[${key}]`, ...lines, ''].join('\r\n')
  })
  return `Windows Registry Editor Version 5.00\r\n\r\n${sections.join('\r\n')}`
}

/** Imports the text of a .reg file into a prefix. */
export async function importRegistry(file, wine = wine64) {
  const path = inBuild('wine', `import-${process.pid}.reg`)
  writeFileSync(path, `\ufeff${file}`, 'utf16le')
  try {
    await wine.mustRun('regedit', ['/S', toWindowsPath(path)])
  } finally {
    rmSync(path, { force: true })
  }
}
