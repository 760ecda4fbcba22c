import { openTap } from '../index.ts'
import type { TapStats } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import type { CommandContext } from './verb.ts'

/** Looks for the end of what is there. */
const POLL_MS = 20

/**
 * Reads all operations that the rings hold at this moment, oldest first within a ring; what comes later may be among them.
 *
 * @param take is called with each operation.
 * @throws MprtapError when the rings cannot be opened.
 */
export async function readAll(
  directory: string | undefined,
  context: CommandContext,
  take: (operation: Operation) => void,
): Promise<TapStats> {
  const goal = await recordsIn(directory, context)
  const tap = await openTap({ from: 'oldest', sources: directory === undefined ? [] : [directory], signal: context.stop })
  const isDone = () => {
    const { delivered, lost } = tap.stats()
    return delivered + lost >= goal
  }
  // The last records may be no end of an operation: then no batch comes that could be the last one.
  let seen = 0
  const timer = setInterval(() => {
    if (isDone() && ++seen > 1) void tap.close()
  }, POLL_MS)
  try {
    for await (const batch of tap.batches()) {
      for (const operation of batch.objects()) take(operation)
      if (isDone()) break
    }
  } finally {
    clearInterval(timer)
    await tap.close()
  }
  return tap.stats()
}

async function recordsIn(directory: string | undefined, { stop, tell }: CommandContext): Promise<number> {
  const tap = await openTap({ from: 'oldest', sources: directory === undefined ? [] : [directory], signal: stop, onDiagnostic: tell })
  try {
    await tap.drain({ final: true })
  } finally {
    await tap.close()
  }
  const { delivered, lost } = tap.stats()
  return delivered + lost
}
