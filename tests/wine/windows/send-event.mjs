// Runs in Node for Windows: tells another process of an event of its console.      send-event.mjs PROCESS-ID EVENT
//   EVENT: 0 Ctrl-C, 1 Ctrl-Break, 2 the console is closed
// Ctrl-C goes the whole way, through the console. Wine sends no other event. For those this program does what Windows does: it begins a thread in
// that process, and the thread calls the handlers ("HandlerRoutine callback function").
import koffi from 'koffi'

const [processId, event] = process.argv.slice(2).map(Number)
const kernel32 = koffi.load('kernel32.dll')
const PROCESS_ALL_ACCESS = 0x1fffff

function call(declaration, ...args) {
  const result = kernel32.func(declaration)(...args)
  if (result === 0 || result === 0n) throw new Error(`${declaration} failed: ${kernel32.func('uint32_t __stdcall GetLastError()')()}`)
  return result
}

if (event === 0) {
  // This is a process of that console then, and gets the event, too.
  process.on('SIGINT', () => {})
  kernel32.func('int __stdcall FreeConsole()')()
  call('int __stdcall AttachConsole(uint32_t)', processId)
  call('int __stdcall GenerateConsoleCtrlEvent(uint32_t, uint32_t)', event, 0)
} else {
  const handle = call('intptr_t __stdcall OpenProcess(uint32_t, int, uint32_t)', PROCESS_ALL_ACCESS, 0, processId)
  const module = call('intptr_t __stdcall GetModuleHandleW(str16)', 'kernelbase.dll')
  const routine = call('intptr_t __stdcall GetProcAddress(intptr_t, str)', module, 'CtrlRoutine')
  call(
    'intptr_t __stdcall CreateRemoteThread(intptr_t, void *, size_t, intptr_t, intptr_t, uint32_t, void *)',
    handle,
    null,
    0,
    routine,
    event,
    0,
    null,
  )
}
process.exit()
