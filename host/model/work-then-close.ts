/**
 * Does some work, and then closes what it needed, all of it, whatever happened before.
 * @throws the error of the work; an error of a closing only where nothing went wrong before it: the cause is what people have to know.
 */
export async function workThenClose<Result>(work: () => Promise<Result>, ...closings: readonly (() => unknown)[]): Promise<Result> {
  const errors: unknown[] = []
  let result: Result | undefined
  try {
    result = await work()
  } catch (error) {
    errors.push(error)
  }
  for (const close of closings) {
    try {
      await close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
  return result as Result
}
