// npm run bench -- first: what the first notification of a process costs, which is what a logon script pays for each program that it starts; and
// the second, for comparison. Under Wine, whose system calls are slower than those of Windows: the calls count, the times only say where they go.

import { execFileSync } from 'node:child_process'
import { environment } from '../lib/environment.ts'

const quick = process.argv.includes('--quick')
const PROCESSES = quick ? 5 : 40

interface Step {
  readonly ns: readonly number[]
  readonly system: Readonly<Record<string, number>>
  readonly own: Readonly<Record<string, number>>
}
type Steps = Readonly<Record<'load' | 'first' | 'second', Step>>

const WHAT = { load: 'the DLL is loaded', first: 'the first notification', second: 'the second notification' } as const
const FOUND = {
  newRing: 'no ring, no control file',
  oldRing: 'a ring and a control file',
} as const

const printed = execFileSync(process.execPath, ['bench/first/wine.mjs', String(PROCESSES)], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 2 ** 26,
})
const measured = JSON.parse(printed) as Readonly<Record<keyof typeof FOUND, Steps>>

const total = (calls: Step['system']) => Object.values(calls).reduce((sum, count) => sum + count, 0)

const figures = (Object.keys(FOUND) as (keyof typeof FOUND)[]).flatMap((found) =>
  (Object.keys(WHAT) as (keyof typeof WHAT)[]).flatMap((name) => {
    const { ns, system, own } = measured[found][name]
    const what = `${WHAT[name]}, ${FOUND[found]}`
    const time = { what: `${what}: time, least of ${PROCESSES} processes`, value: Math.min(...ns) / 1000, unit: 'µs' }
    if (name === 'load') return [time]
    const calls = (of: string, value: number) => ({ what: of, value, unit: value === 1 ? 'call' : 'calls' })
    return [
      time,
      calls(`${what}: functions that the DLL calls`, total(own)),
      calls(`${what}: system calls`, total(system)),
      ...(found === 'oldRing' ? Object.entries(system).map(([call, count]) => calls(`… ${call}`, count)) : []),
    ]
  }),
)
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
