import { openRecorder } from '../../recording/record.ts'
import { addServiceOptions } from '../config-file.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { age, newPath, notEmpty, notEmptyList, positiveNumber, size, wholeNumber } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

interface RecordOptions {
  readonly to?: string
  readonly filter?: string
  /** Bytes. */
  readonly rotateSize: number
  /** Milliseconds. */
  readonly rotateEvery?: number
  readonly rotateRecords?: number
  readonly keep?: number
  /** Milliseconds. */
  readonly keepFor?: number
  /** Seconds. */
  readonly duration?: number
}

const DURATION_MAX = Math.floor((2 ** 31 - 1) / 1_000)
export const verb: Verb<RecordOptions, [string[]]> = {
  define(command) {
    addServiceOptions(command)
      .argument('[source...]', "folders of rings, ring files and captures; none: this machine's rings", notEmptyList)
      .option(
        '--to <file>',
        'FOLDER/NAME.pcapng, or a folder: files NAME-<UTC start>-<n>.pcapng are made there (a folder of your own, with NAME mprtap)',
        newPath,
      )
      .option('--filter <expression>', 'only operations that match, both records of each: outcome == "failed" || durationMs > 2s', notEmpty)
      .option('--rotate-size <size>', 'begin another file when one has this size (256MB)', size, 256e6)
      .option('--rotate-every <age>', 'begin another file after this number of hours or days', age)
      .option('--rotate-records <n>', 'begin another file after this number of records', wholeNumber(1))
      .option('--keep <n>', 'keep this number of closed files of this NAME, and remove older ones', wholeNumber(1))
      .option('--keep-for <age>', 'remove closed files of this NAME that were last written longer ago than this', age)
      .option('--duration <seconds>', 'stop after this time', positiveNumber(DURATION_MAX))
  },
  run: (options, [sources], context) => record(options, sources, context),
}

/**
 * Records until it is stopped, then says how much.
 *
 * @throws MprtapError when the sources cannot be read or the captures not be written there.
 */
async function record(
  options: RecordOptions,
  sources: readonly string[],
  { output, tell, noteLoss, stop, redactor }: CommandContext,
): Promise<number> {
  const timer = new AbortController()
  const timeout = options.duration === undefined ? undefined : setTimeout(() => timer.abort(), options.duration * 1_000)
  const { to, filter, rotateSize, rotateEvery, rotateRecords, keep, keepFor } = options
  try {
    const { recorder, close } = await openRecorder({
      sources,
      to,
      filter,
      redactor,
      rotation: { bytes: rotateSize, ms: rotateEvery, records: rotateRecords, keep, keepForMs: keepFor },
      application: `mprtap ${MPRTAP_VERSION}`,
      comment: 'mprtap record',
      signal: AbortSignal.any([stop, timer.signal]),
      tell,
      onLoss: noteLoss,
      onFile: (path) => tell(`Recording to ${path}.`),
    })
    try {
      const { records, lost, files } = await recorder.run()
      await output.write(`${records} records in ${files} ${files === 1 ? 'file' : 'files'}, ${lost} lost`)
    } finally {
      close()
    }
  } finally {
    clearTimeout(timeout)
  }
  return EXIT_OK
}
