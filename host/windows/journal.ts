// Changes to a machine that are made together or not at all: each says how it is undone, and what failed undoes those before it, last first.

/** Undoes a change; nothing when there is nothing to undo. */
export type Undo = (() => void) | undefined

/** A change that is to be made. */
export interface Step {
  /** What it does, as a sentence without its subject: `write …`, `rename …`. */
  readonly what: string
  readonly run: () => Undo
}

/** How a list of steps ended. */
export interface Outcome {
  readonly failure: { readonly step: Step; readonly error: unknown } | undefined
  /** After a failure: steps that could not be undone, and why. */
  readonly notUndone: readonly string[]
}

export function runSteps(steps: readonly Step[]): Outcome {
  const done: { step: Step; undo: Undo }[] = []
  for (const step of steps) {
    try {
      done.push({ step, undo: step.run() })
    } catch (error) {
      return { failure: { step, error }, notUndone: undo(done.reverse()) }
    }
  }
  return { failure: undefined, notUndone: [] }
}

function undo(done: readonly { step: Step; undo: Undo }[]): string[] {
  const notUndone: string[] = []
  for (const { step, undo } of done) {
    try {
      undo?.()
    } catch (error) {
      notUndone.push(`${step.what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return notUndone
}
