import { expect, it } from 'vitest'
import { openWhenThere } from '../../host/cli/open-when-there.ts'
import { MprtapError } from '../../host/model/errors.ts'
import { FakeClock } from '../../host/testing/index.ts'

const missing = () => new MprtapError('MPRTAP_FOLDER_MISSING', 'No folder.')

it('says once that the folder is missing, however often it looks, and opens it when it is there', async () => {
  const clock = new FakeClock()
  const told: string[] = []
  const tries: boolean[] = []
  const opening = openWhenThere(
    async (wasWaitedFor) => {
      tries.push(wasWaitedFor)
      if (tries.length < 5) throw missing()
      return 'open'
    },
    { clock, signal: new AbortController().signal, onDiagnostic: (text) => void told.push(text) },
  )
  await clock.advance(10_000)
  expect(await opening).toBe('open')
  expect(tries).toEqual([false, true, true, true, true])
  expect(told).toEqual(['No folder. Waiting for it to appear.'])
})

it('opens nothing once it is stopped', async () => {
  const stop = new AbortController()
  let tries = 0
  const opening = openWhenThere(
    async () => {
      tries++
      throw missing()
    },
    { clock: new FakeClock(), signal: stop.signal, onDiagnostic: () => stop.abort() },
  )
  expect(await opening).toBeUndefined()
  expect(tries).toBe(1)
})

it('passes on every other error', async () => {
  const failing = async () => {
    throw new MprtapError('MPRTAP_RING_INVALID', 'Garbage.')
  }
  const options = { clock: new FakeClock(), signal: new AbortController().signal, onDiagnostic: () => {} }
  await expect(openWhenThere(failing, options)).rejects.toThrow('Garbage.')
})
