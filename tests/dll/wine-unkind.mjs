// What Windows does and Wine does not, done to the shipped DLL by the program that loads it (unkind.c).
import { expect, fresh, runUnkind } from './wine-bed.mjs'

/** What a case leaves: whether a record was written, and the rings that are there. */
async function left(...args) {
  fresh()
  const { written } = await runUnkind(...args)
  return { written }
}

/** The tests. */
export async function unkindWindows() {
  expect('after the exceptions notifications are recorded as before', await left('unwinding'), { written: true })
}
