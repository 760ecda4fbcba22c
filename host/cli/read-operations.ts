import { openTap, type TapOptions } from '../index.ts'
import type { Loss, TapStats } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import { type Progress, showProgress } from './output/progress.ts'
import type { CommandContext } from './verb.ts'

/** Records of one ring that were not there to be read. */
interface RingLoss {
  readonly source: string
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
}

/** What was read, and what was not. */
export interface ReadOperations {
  readonly stats: TapStats
  readonly losses: readonly RingLoss[]
  /** What an account is called, as captures among the sources say. */
  readonly accountName: (sid: string) => string | undefined
  /** Sentences about what could not be read. */
  readonly faults: readonly string[]
}

/**
 * Reads all operations of sources at rest, the oldest first within a ring, and gives up what still waits at their end.
 *
 * @param take is called with each operation.
 * @param takeLoss is called with each run of missing records, before the operations that come after it.
 * @throws MprtapError when the sources cannot be opened or the filter is wrong.
 */
export async function readOperations(
  sources: readonly string[],
  filter: TapOptions['filter'],
  { stop, tell, redact, stderr }: CommandContext,
  take: (operation: Operation) => void,
  takeLoss: (loss: Loss) => void = () => {},
): Promise<ReadOperations> {
  const losses = new Map<string, RingLoss>()
  const faults: string[] = []
  let progress: Progress | undefined
  const tap = await openTap({
    from: 'oldest',
    sources,
    follow: false,
    filter,
    signal: stop,
    redact,
    onLoss: (loss) => {
      const { overrun, abandoned, corrupt } = loss.totals
      losses.set(loss.ring, { source: loss.ring, overrun, abandoned, corrupt })
      takeLoss(loss)
    },
    onDiagnostic: ({ text }) => {
      faults.push(text)
      progress?.clear()
      tell(text)
    },
  })
  progress = showProgress({ stderr }, tap)
  try {
    for await (const batch of tap.batches()) for (const operation of batch.objects()) take(operation)
  } finally {
    progress.stop()
    await tap.close()
  }
  return { stats: tap.stats(), losses: [...losses.values()], faults, accountName: (sid) => tap.accountName(sid) }
}
