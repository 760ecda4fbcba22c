// How often a notification asks the system for something.
import { controlFile, dll, drive, expect, fresh, wine } from './wine-bed.mjs'

/**
 * What Wine's server is asked by the driver's thread, in order: there, that is what a system call is on Windows. The server writes it to the
 * standard error of the program that starts it, so it must not be running; and its first client is that program.
 */
async function serverRequests(...args) {
  wine.stop()
  const { stderr } = await wine.run(drive, [dll, ...args], { env: { WINEDEBUG: '+server' }, timeoutMs: 120_000 })
  wine.stop()
  wine.keepWarm()
  const thread = /^([0-9a-f]+): init_first_thread\(/m.exec(stderr)?.[1]
  return [...stderr.matchAll(/^([0-9a-f]+): (\w+)\( /gm)].filter(([, by]) => by === thread).map(([, , name]) => name)
}

/** The tests. */
export async function systemCalls() {
  fresh()
  controlFile({})
  const notifications = 1000
  const requests = await serverRequests('pairs', String(notifications / 2), '1')
  let [run, longest] = [0, 0]
  for (const name of requests) {
    run = name === 'open_token' ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  const sentence = "each notification after the first asks for the thread's token, once, and makes no other system call"
  expect(sentence, { inARow: longest }, { inARow: notifications - 1 })

  fresh()
  // The registry is asked where it would be.
  const asked = (await serverRequests('pairs', String(notifications / 2), '1')).filter((name) => name === 'open_key').length
  expect('a control file that is not there is not looked for each time', { often: asked > notifications / 2 }, { often: false })
}
