import { addServiceOptions } from '../config-file.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { duration, newPath, notEmpty, notEmptyList, size, wholeNumber } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface ForwardOptions {
  readonly to?: readonly string[]
  readonly site: string
  readonly host?: string
  readonly credentials?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Milliseconds. */
  readonly linger: number
  readonly every: number
  readonly statisticsEvery: number
  readonly syncInterval?: number
  readonly spool?: string
  /** Bytes. */
  readonly spoolMax: number
  /** Bytes. */
  readonly rotateSize: number
  readonly keep: number
  readonly consumer: string
  readonly checkpointFolder?: string
}

function targets(text: string, before?: readonly string[]): readonly string[] {
  if (text.startsWith('file:')) newPath(text.slice('file:'.length))
  return notEmptyList(text, before)
}

export const verb: Verb<ForwardOptions, [sources?: readonly string[]]> = {
  define(command) {
    addServiceOptions(command)
      .argument('[source...]', 'folders of rings, ring files or captures; none: the rings of this machine', notEmptyList)
      .requiredOption(
        '--to <url>',
        'where to: nats://host:4222, tls://host:4222 (records); http://host:4318 (OTLP), file:PATH, - (operations); may be given several times',
        targets,
      )
      .option('--site <name>', 'what part of the farm this host belongs to', notEmpty, 'main')
      .option('--host <name>', "this host's name in the farm, if not the machine's own", notEmpty)
      .option('--credentials <file>', 'a .creds file, an nkey seed or a token', notEmpty)
      .option('--ca <file>', "certificates of the authorities that the server's certificate is checked against, PEM", notEmpty)
      .option('--cert <file>', 'certificate of this host, PEM', notEmpty)
      .option('--key <file>', 'its key, PEM', notEmpty)
      .option('--linger <duration>', 'how long a record waits for others that go with it (1s)', duration, 1000)
      .option('--every <duration>', 'send at least this often, so that a silent host is known to be there (60s)', duration, 60_000)
      .option(
        '--statistics-every <duration>',
        'nats: how often to publish the counts of operations by server and error, for report --farm; 0s: never (60s)',
        duration,
        60_000,
      )
      .option('--sync-interval <duration>', "the servers' sync_interval, if it is not what their version has", duration)
      .option('--spool <folder>', 'nats: keep batches on disk there while the engine is away', newPath)
      .option('--spool-max <size>', 'nats: so much of them (1GB)', size, 1e9)
      .option('--rotate-size <size>', 'file: begin another file when one has this size (100MB)', size, 100e6)
      .option('--keep <n>', 'file: number of full files that stay (10)', wholeNumber(1), 10)
      .option('--consumer <name>', 'name of the checkpoint', notEmpty, 'forward')
      .option('--checkpoint-folder <path>', 'where the checkpoint is kept, if not in the folder "consumers" beside the rings', newPath)
  },
  run: (options, [sources = []], context) => forward(sources, options, context),
}

/**
 * Forwards until it is stopped, to each engine on its own: one that is away keeps no other from getting what it can.
 *
 * @throws MprtapError when the sources cannot be read, or a URL or a file is not valid.
 */
async function forward(
  sources: readonly string[],
  options: ForwardOptions,
  { output, stdout, say: sayApart, tell, noteLoss, stop, redact }: CommandContext,
): Promise<number> {
  const { to = [], linger, every, statisticsEvery, syncInterval, rotateSize, spoolMax } = options
  const { site, host, credentials, ca, cert, key, spool, keep, consumer, checkpointFolder } = options
  const same = { site, host, credentials, ca, cert, key, spool, keep, consumer, checkpointFolder }
  const { openForwarder } = await import('../../forwarding/open-forwarder.ts')
  const opened = []
  // Standard output may be what is forwarded to.
  const say = async (text: string) => (to.includes('-') ? sayApart(text) : output.write(text))
  try {
    for (const [i, url] of to.entries())
      opened.push(
        await openForwarder({
          ...same,
          sources,
          to: url,
          lingerMs: linger,
          everyMs: every,
          statisticsEveryMs: statisticsEvery,
          syncMs: syncInterval,
          rotateBytes: rotateSize,
          spoolBytes: spoolMax,
          redact,
          stdout,
          signal: stop,
          tell,
          // Each target reads the same rings: one of them notes what was lost.
          onLoss: i === 0 ? noteLoss : undefined,
        }),
      )
    let code = EXIT_OK
    const runs = opened.map(async (forwarder, i) => {
      try {
        const { records, lost, batches } = await forwarder.run()
        return `${records} ${isOfRecords(to[i]!) ? 'records' : 'operations'} in ${batches} batches to ${to[i]}, ${lost} lost`
      } catch (error) {
        if (opened.length === 1) throw error
        code = EXIT_FAILURE
        const text = `Forwarding to ${to[i]} has failed: ${(error as Error).message}`
        tell(text)
        return text
      }
    })
    for (const run of runs) await say(await run)
    return code
  } finally {
    for (const forwarder of opened) forwarder.close()
  }
}

function isOfRecords(url: string): boolean {
  return /^(?:nats|tls):/i.test(url)
}
