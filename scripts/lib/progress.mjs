// Progress on standard error: a step that takes longer than a moment says that it began, that it goes on, and how long it took.
const announceAfterMs = 300
const repeatEveryMs = 15_000

const seconds = (started) => `${((performance.now() - started) / 1000).toFixed(1)} s`
const say = (line) => process.stderr.write(`${line}\n`)

/**
 * Runs one step of the set-up. A step with nothing to do is silent.
 * @template T
 * @param {string} name what the step does, as in "installing packages (nsis)"; what is in parentheses is said once
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const started = performance.now()
  const brief = name.replace(/ \(.*\)$/, '')
  let announced = false
  const first = setTimeout(() => {
    announced = true
    say(`set-up: ${name} …`)
  }, announceAfterMs)
  const again = setInterval(() => say(`set-up: ${brief} … ${seconds(started)} so far`), repeatEveryMs)
  try {
    const result = await work()
    if (announced) say(`set-up: ${brief}: ${seconds(started)}`)
    return result
  } catch (error) {
    say(`set-up: ${brief}: failed after ${seconds(started)}`)
    throw error
  } finally {
    clearTimeout(first)
    clearInterval(again)
  }
}
