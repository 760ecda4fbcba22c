// What mprtap assumes about files on Windows (docs/windows-assumptions.md), tried in a folder of its own that is removed again.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFile, removeFile } from '../system/file.ts'
import type { Check } from './doctor.ts'

const anything = () => {}

/** Error of a call: its code, or '' when there was none. */
function codeOf(call: () => void): string {
  try {
    call()
    return ''
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  }
}

/** Each assumption, and what a folder says of it: '' when it holds. */
const PROBES: Readonly<Record<string, (folder: string) => string>> = {
  'a file that is mapped is not removed, and keeps its name'(folder) {
    const path = join(folder, 'mapped')
    writeFileSync(path, 'mapped')
    const file = openFile(path, anything)
    const code = codeOf(() => removeFile(path))
    const isThere = existsSync(path)
    file.close()
    return code !== '' && isThere ? '' : 'it was removed'
  },
  'a file that nobody has open is removed'(folder) {
    const path = join(folder, 'free')
    writeFileSync(path, 'free')
    const code = codeOf(() => removeFile(path))
    return code === '' && !existsSync(path) ? '' : `it was not: ${code}`
  },
  'a file without bytes is empty, and no fault'(folder) {
    const path = join(folder, 'empty')
    writeFileSync(path, '')
    let size = -1
    const code = codeOf(() => {
      const file = openFile(path, anything)
      size = file.size
      file.close()
    })
    return code === '' && size === 0 ? '' : `opening it gives ${code || size}`
  },
  'a folder in the place of a file is reported as a folder'(folder) {
    mkdirSync(join(folder, 'folder'))
    const code = codeOf(() => openFile(join(folder, 'folder'), anything).close())
    return code === 'EISDIR' ? '' : `opening it gives ${code || 'no error'}`
  },
  'names that differ in case are one name'(folder) {
    writeFileSync(join(folder, 'Case'), 'case')
    return existsSync(join(folder, 'cASE')) ? '' : 'they are two'
  },
}

/** Tries them. Under Wine it is known which do not hold; on Windows each of these is a finding. */
export function probe(isWine: boolean): Check[] {
  const folder = mkdtempSync(join(tmpdir(), 'mprtap-doctor-'))
  try {
    return Object.entries(PROBES).map(([what, holds]) => {
      const fault = codeOf(() => {
        const says = holds(folder)
        if (says !== '') throw new Error(says)
      })
      const result = fault === '' ? 'ok' : isWine ? 'not checked' : 'finding'
      return { area: 'assumption', what, result, detail: fault === '' ? '' : isWine ? `Wine is kinder: ${fault}` : fault }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
