const EDITS_MAX = 2

/** The candidate that is at most two edits (one for short words) away from `word`, or `undefined`. */
export function nearest<T extends string>(word: string, candidates: readonly T[]): T | undefined {
  const limit = word.length <= 4 ? 1 : EDITS_MAX
  let best: T | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    // People shorten "process.image" to "image": the last part counts as well.
    const last = candidate.slice(candidate.lastIndexOf('.') + 1)
    const distance = Math.min(edits(word, candidate), edits(word, last))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance, letters compared without case. */
function edits(a: string, b: string): number {
  // Nobody means a word of another length altogether; and whoever types a million letters is not made to wait.
  if (Math.abs(a.length - b.length) > EDITS_MAX) return Number.POSITIVE_INFINITY
  const right = b.toLowerCase()
  let row = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a.toLowerCase()].entries()) {
    const next = [i + 1]
    for (let j = 0; j < right.length; j++) next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === right[j] ? 0 : 1)))
    row = next
  }
  return row[right.length]!
}
