// What a forwarder is asked for is checked before anything is opened.
import { expect, it } from 'vitest'
import { openForwarder } from '../../host/forwarding/open-forwarder.ts'

const good = { to: 'file:/nowhere/events', signal: AbortSignal.abort(), tell: () => {} }

it.each([
  [{ ...good, ot: '-' }, 'has no option "ot"'],
  [{ ...good, to: undefined }, '"to"'],
  [{ ...good, lingerMs: '5' }, '"lingerMs" is "5"'],
  [{ ...good, keep: -1 }, '"keep" is -1'],
  [{ ...good, everyMs: Number.NaN }, '"everyMs" is NaN'],
  [{ ...good, sources: 'rings' }, '"sources" is "rings"'],
  [{ ...good, sources: [''] }, '"sources"'],
  [{ ...good, checkpointFolder: '' }, '"checkpointFolder" is ""'],
  [{ ...good, signal: {} }, '"signal" is an object'],
  [{ ...good, tell: undefined }, '"tell"'],
  [null, 'are null'],
])('%o is refused', async (options, message) => {
  await expect(openForwarder(options as never)).rejects.toMatchObject({
    code: 'MPRTAP_INVALID_ARGUMENT',
    message: expect.stringContaining(message),
  })
})
