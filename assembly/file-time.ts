/** FILETIME of 1970-01-01, 100-ns ticks. */
const EPOCH: i64 = 116444736000000000

/** Epoch ms of a FILETIME. */
export function epochMs(fileTime: i64): f64 {
  return <f64>(fileTime - EPOCH) * 0.0001
}
