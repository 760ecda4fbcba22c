// Paths under which Windows' programs find nothing, though Node makes files there.

import { expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { isDevicePath, windowsPathFault } from '../../host/model/windows-path.ts'

it.each([
  ['NUL', 'name of a device, NUL'],
  ['con.pcapng', 'name of a device'],
  ['C:\\captures\\Aux.2026.pcapng', 'name of a device'],
  ['C:\\nul\\a.pcapng', 'name of a device'],
  ['LPT¹', 'name of a device'],
  ['com0', 'name of a device'],
  ['conin$', 'name of a device'],
  ['nul .txt', 'name of a device'],
  ['\\\\.\\pipe\\x', 'is a device'],
  ['//./PhysicalDrive0', 'is a device'],
  ['\\\\?\\C:\\a\\nul', 'name of a device'],
  ['C:\\a\\b.pcapng.', 'a dot or a blank'],
  ['C:\\a \\b.pcapng', 'a dot or a blank'],
  ['C:\\a\\b.pcapng:hidden', 'a colon'],
  ['a:b:c', 'a colon'],
  ['C:\\a\\b*.pcapng', 'allows in none (*)'],
  ['a\tb', 'a control character'],
])('%j %s', (path, sentence) => {
  expect(windowsPathFault(path)).toContain(sentence)
})

it.each([
  'C:\\captures\\a.pcapng',
  'captures/a.pcapng',
  '..\\a.pcapng',
  '.',
  'C:',
  'C:a',
  'C:\\',
  '\\\\server\\share\\ü ß 日本\\a.pcapng',
  '\\\\?\\C:\\a\\b',
  'console.log',
  'nullable',
  'com10',
  'a.con',
  '.hidden',
  `C:\\${'long\\'.repeat(80)}a`,
])('nothing speaks against %j', (path) => {
  expect(windowsPathFault(path)).toBeUndefined()
})

it.each(['NUL', 'nul:', 'C:\\rings\\con.ring', '\\\\.\\PhysicalDrive0', 'COM1'])(
  'a tap does not wait for a source named %s on Windows',
  async (source) => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' })
    // Options are checked before anything is waited for.
    const opening = openTap({ sources: [source] })
    Object.defineProperty(process, 'platform', platform)
    await expect(opening).rejects.toMatchObject({
      code: 'MPRTAP_INVALID_ARGUMENT',
      message: expect.stringContaining('Windows has a device of that name'),
    })
  },
)

it.each(['C:', 'C:\\rings', 'nullable', 'con\\rings', '-'])('%s is no device', (path) => {
  expect(isDevicePath(path)).toBe(false)
})
