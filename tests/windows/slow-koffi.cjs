// In the place of koffi: a directory of accounts that answers, does not know, or waits for a domain controller that is not there.

const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
const write = (buffer, text) => void buffer.write(`${text}\0`, 'utf16le')

// S-1-5-21-1-2-3-N: 1000 and more have a name, below there is none, N = 7 takes for ever.
function nameOfSid(_, sid, name, __, domain) {
  const number = sid.readUInt32LE(sid.length - 4)
  if (number === 7) wait()
  if (number < 1000) return 0
  write(name, `user${number}`)
  write(domain, 'CORP')
  return 1
}

function sidOfName(_, name, sid) {
  if (name === 'CORP\\slow') wait()
  if (name !== 'CORP\\berger') return 0
  Buffer.from('010500000000000515000000010000000200000003000000e8030000', 'hex').copy(sid)
  return 1
}

module.exports = { load: () => ({ func: (declaration) => (declaration.includes('LookupAccountSidW') ? nameOfSid : sidOfName) }) }
