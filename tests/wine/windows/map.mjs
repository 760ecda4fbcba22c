// Runs in Node for Windows: maps the given names through the real API and says what it knows about itself.
import koffi from 'koffi'

const kernel32 = koffi.load('kernel32.dll')
const resource = koffi.struct('NETRESOURCEW', {
  scope: 'uint32_t',
  type: 'uint32_t',
  displayType: 'uint32_t',
  usage: 'uint32_t',
  localName: 'str16',
  remoteName: 'str16',
  comment: 'str16',
  provider: 'str16',
})
const add = koffi
  .load('mpr.dll')
  .func('__stdcall', 'WNetAddConnection2W', 'uint32_t', [koffi.pointer(resource), 'str16', 'str16', 'uint32_t'])
const statuses = process.argv.slice(2).map((remoteName) => add({ type: 1, remoteName }, null, null, 4))

const session = [0]
kernel32.func('bool __stdcall ProcessIdToSessionId(uint32_t, _Out_ uint32_t *)')(process.pid, session)
const times = [[0n], [0n], [0n], [0n]]
const getTimes = kernel32.func(
  'bool __stdcall GetProcessTimes(intptr_t, _Out_ uint64_t *, _Out_ uint64_t *, _Out_ uint64_t *, _Out_ uint64_t *)',
)
getTimes(-1, ...times)
const millisecondsFrom1601To1970 = 11_644_473_600_000
const own = {
  statuses,
  processId: process.pid,
  threadId: kernel32.func('uint32_t __stdcall GetCurrentThreadId()')(),
  sessionId: session[0],
  startTime: Number(times[0][0]) / 10_000 - millisecondsFrom1601To1970,
}
process.stdout.write(JSON.stringify(own))
