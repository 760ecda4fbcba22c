// The folder of the captures that `mprtap record` keeps when nobody names another one.

import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isCaptureName } from './capture-names.ts'

export function defaultCaptureFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'mprtap', 'captures')
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'mprtap', 'captures')
}

/** The captures in a folder, sorted by name. One that is not there, or cannot be listed, has none. */
export function capturesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && isCaptureName(file.name))
    return files.map(({ name }) => join(folder, name)).sort()
  } catch {
    return []
  }
}
