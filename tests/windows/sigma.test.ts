// The Sigma rules of docs/security-teams.md, evaluated over the events that an installation makes and those that other programs would make.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { install } from '../../host/windows/install.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

type Event = Readonly<Record<string, string>>

const page = readFileSync(join(import.meta.dirname, '../../docs/security-teams.md'), 'utf8')
const rules = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, rule]) => rule!)

/** The tests of one section of a rule's detection: fields with a modifier, and one value or a list of them. */
function testsOf(rule: string, name: string): ((event: Event) => boolean)[] {
  const [, body] = new RegExp(`^    ${name}:\\n((?: {8}.*\\n)+)`, 'm').exec(rule)!
  return body!
    .split(/^ {8}(?=\w)/m)
    .filter(Boolean)
    .map((field) => {
      const [, key, modifier] = /^(\w+)\|(\w+):/.exec(field)!
      const values = [...field.matchAll(/'(.*?)'/g)].map(([, value]) => value!.toLowerCase())
      return (event) => {
        const text = (event[key!] ?? '').toLowerCase()
        return values.some((value) => (modifier === 'contains' ? text.includes(value) : text.endsWith(value)))
      }
    })
}

function fires(rule: string, event: Event): boolean {
  const [, filter] = /condition: selection and not (\w+)/.exec(rule)!
  const holds = (name: string) => testsOf(rule, name).every((test) => test(event))
  return holds('selection') && !holds(filter!)
}

const registered = (name: string, path: string) => ({
  TargetObject: `HKLM\\System\\CurrentControlSet\\Control\\NetworkProvider\\Notifyees\\${name}`,
  Details: path,
})

it('do not fire on what an installation writes', () => {
  const { changes } = install(new FakeMachine(), packageDlls(), { uninstallCommand: '' })
  const events = changes.flatMap((change) => {
    const [, target, details] = /registry value HKLM\\(.*?) \(REG_\w+\) = (.*)$/.exec(change) ?? []
    return target === undefined ? [] : [{ TargetObject: `HKLM\\${target}`, Details: details! }]
  })
  expect(events).toContainEqual(expect.objectContaining({ Details: 'C:\\Windows\\System32\\mprtap.dll' }))
  for (const rule of rules) for (const event of events) expect(fires(rule, event)).toBe(false)
})

it('fire on other notifyees, and on ours with another DLL', () => {
  expect(fires(rules[0]!, registered('svcmgmt', '%windir%\\system32\\svcmgmt.dll'))).toBe(true)
  expect(fires(rules[0]!, registered('mprtap', 'C:\\Users\\Public\\mprtap.dll'))).toBe(true)
  expect(fires(rules[0]!, registered('mprtap2', 'C:\\Windows\\System32\\mprtap.dll'))).toBe(true)
  expect(fires(rules[0]!, registered('mprtap', 'C:\\Windows\\System32\\mprtap.dll'))).toBe(false)
})

it('fire on a DLL of our name from elsewhere', () => {
  expect(fires(rules[1]!, { ImageLoaded: 'C:\\Temp\\mprtap.dll' })).toBe(true)
  for (const folder of ['System32', 'SysWOW64']) expect(fires(rules[1]!, { ImageLoaded: `C:\\Windows\\${folder}\\mprtap.dll` })).toBe(false)
})
