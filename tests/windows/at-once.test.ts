// Install and uninstall at once: while one of them is in its middle, or is suspended there, every other one answers 1618 and changes nothing; the
// first one comes to its end as if it had been alone.

import { expect, it } from 'vitest'
import { install } from '../../host/windows/install.ts'
import { EXIT_BUSY, EXIT_SUCCESS } from '../../host/windows/outcome.ts'
import { uninstall } from '../../host/windows/uninstall.ts'
import { FakeMachine } from './fake-machine.ts'
import { packageDlls } from './package-dlls.ts'

const dlls = packageDlls()
const verbs = {
  install: (machine: FakeMachine) => install(machine, dlls, { uninstallCommand: 'node cli.js uninstall' }),
  uninstall: (machine: FakeMachine) => uninstall(machine, dlls, {}),
}

/** A machine on which the verb has something to do. */
function machineFor(verb: keyof typeof verbs): FakeMachine {
  const machine = new FakeMachine()
  if (verb === 'uninstall') verbs.install(machine)
  return machine
}

it.each(['install', 'uninstall'] as const)('%s, at whatever call it stands', (first) => {
  const alone = machineFor(first)
  const before = alone.calls
  verbs[first](alone)
  const calls = alone.calls - before
  expect(calls).toBeGreaterThan(5)

  const disturbed = machineFor(first)
  let others = 0
  disturbed.beforeChange = () => {
    const state = disturbed.state()
    for (const other of Object.values(verbs)) {
      expect(other(disturbed)).toMatchObject({ exitCode: EXIT_BUSY, changes: [] })
      others++
    }
    expect(disturbed.state()).toEqual(state)
  }
  expect(verbs[first](disturbed).exitCode).toBe(EXIT_SUCCESS)
  expect(others).toBe(2 * calls)
  expect(disturbed.state()).toEqual(alone.state())
})
