import { Argument } from 'commander'
import { MprtapError } from '../../model/errors.ts'
import { age, duration, notEmpty, size, wholeNumber } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

const DAY_MS = 86_400_000
const REPLICAS_MAX = 5

interface FarmOptions {
  readonly replicas: number
  /** Milliseconds. */
  readonly maxAge: number
  /** Bytes. */
  readonly maxSize: number
  readonly credentials?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly json?: boolean
  readonly silent: number
  readonly lag: number
  readonly lost: number
}

export const verb: Verb<FarmOptions, [what: string, url: string]> = {
  define(command) {
    command
      .addArgument(new Argument('<what>', 'init: make the stream; status: how its hosts are').choices(['init', 'status']))
      .argument('<url>', 'nats://host:4222/STREAM or tls://host:4222/STREAM', notEmpty)
      .option('--replicas <n>', 'init: on how many servers each message is kept', wholeNumber(1, REPLICAS_MAX), 1)
      .option('--max-age <age>', 'init: how long messages are kept (7d)', age, 7 * DAY_MS)
      .option('--max-size <size>', 'init: how much is kept; when it is full, hosts wait (10GB)', size, 10e9)
      .option(
        '--silent <duration>',
        'status: a host that sent nothing for this long is silent; by default three times what it promised',
        duration,
        0,
      )
      .option('--lag <n>', 'status: how many records may wait on a host', wholeNumber(0), 10_000)
      .option('--lost <n>', 'status: how many records of a host may be lost', wholeNumber(0), 0)
      .option('--json', 'status: newline-delimited JSON, a host a line, a summary last')
      .option('--credentials <file>', 'a .creds file, an nkey seed or a token', notEmpty)
      .option('--ca <file>', "certificates of the authorities that the server's certificate is checked against, PEM", notEmpty)
      .option('--cert <file>', 'certificate of this client, PEM', notEmpty)
      .option('--key <file>', 'its key, PEM', notEmpty)
  },
  run: (options, [what, url], context) => farm(what, url, options, context),
}

/**
 * Makes the stream, or says how the hosts are.
 *
 * @throws MprtapError when the URL is not valid; an Error when the engine cannot be reached or will not do it.
 */
async function farm(what: string, url: string, options: FarmOptions, context: CommandContext): Promise<number> {
  const { withEngine } = await import('../../streams/with-engine.ts')
  return await withEngine(url, options, async ({ stream, manager }) => {
    if (stream === '') throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `${url} names no stream; it looks like nats://host:4222/STREAM.`)
    const { farmInit, farmStatus } = await import('../farm.ts')
    return what === 'init' ? farmInit(stream, manager, options, context) : farmStatus(stream, manager, options, context)
  })
}
