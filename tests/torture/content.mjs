// What a self-checking record has to say (record.h): everything in it follows from who wrote it and its number.

const NAMES = 64

export const names = Array.from({ length: NAMES }, (_, i) => {
  const wide = i % 4 === 3
  const first = wide ? 0x430 : 0x61
  return `\\\\x\\${String.fromCharCode(...Array.from({ length: wide ? 2 * i : 4 * i }, (_, k) => first + ((i + k) % 26)))}`
})
const drives = Array.from({ length: 20 }, (_, i) => `${String.fromCharCode(0x45 + i)}:`)

function mix(value) {
  let x = value
  x ^= x >>> 16
  x = Math.imul(x, 0x7feb352d)
  x ^= x >>> 15
  x = Math.imul(x, 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Whether what was delivered is what writer `id` wrote as its record `number`, whole. */
export function isWhole(id, number, { flags, sessionId, phase, status, remoteName, localName, image }) {
  const first = mix(Math.imul(id, 0x9e3779b1) ^ number)
  const second = mix(first ^ 0x5bd1e995)
  const post = (first & 0x10000) !== 0
  return (
    flags === second &&
    sessionId === first &&
    phase === (post ? 'post' : 'pre') &&
    (!post || status === second >>> 8) &&
    remoteName === names[first % NAMES] &&
    localName === drives[second % 20] &&
    image === names[second % 6]
  )
}
