import { Option } from 'commander'
import { livePage } from '../../../build/live-page.mjs'
import { openTap, parseFilter } from '../../index.ts'
import { newToken } from '../../serve/access.ts'
import { Hub } from '../../serve/hub.ts'
import type { OpenLiveTap } from '../../serve/live-tap.ts'
import { serveLivePage } from '../../serve/server.ts'
import { writeTokenFile } from '../../serve/token-file.ts'
import { PrometheusMetrics, SERVERS_MAX } from '../../sinks/prometheus.ts'
import { addServiceOptions } from '../config-file.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { newPath, notEmptyList, wholeNumber } from '../option-values.ts'
import { SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const PORT_MAX = 65_535
const TICK_MS = 1000
/** A comment on a quiet stream, every this number of ticks. */
const COMMENT_EVERY = 15

interface ServeOptions {
  readonly port: number
  readonly tokenFile?: string
  readonly label?: 'server'
}

export const verb: Verb<ServeOptions, [sources?: readonly string[]]> = {
  define(command) {
    addServiceOptions(command)
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option('--port <n>', 'port on 127.0.0.1; 0: any free one', wholeNumber(0, PORT_MAX), 0)
      .option('--token-file <path>', 'also write the token into this file, readable by its owner only', newPath)
      .addOption(new Option('--label <what>', `a further label in the metrics, for its first ${SERVERS_MAX} values`).choices(['server']))
  },
  run: (options, [sources = []], context) => serve(sources, options, context),
}

/**
 * Shows what happens on a page of this machine, and gives it as metrics, until Ctrl-C.
 *
 * @throws MprtapError when the tap cannot be opened; an Error when the port is taken.
 */
async function serve(sources: readonly string[], { port, tokenFile, label }: ServeOptions, context: CommandContext): Promise<number> {
  const open: OpenLiveTap = (filter) =>
    openTap({
      sources,
      filter,
      redact: context.redact,
      statistics: filter === undefined,
      from: 'now',
      // Taps for filters read the same rings.
      onLoss: filter === undefined ? context.noteLoss : undefined,
      onDiagnostic: ({ text }) => context.tell(text),
    })
  const tap = await open(undefined)
  const metrics = new PrometheusMetrics({ version: MPRTAP_VERSION, figures: () => tap.stats(), byServer: label === 'server' })
  const hub = new Hub(tap, open, metrics, () => performance.now())
  const token = newToken()
  const page = await serveLivePage({ hub, metrics, files: livePage, token, port, checkFilter: parseFilter })
  const removeTokenFile = tokenFile === undefined ? () => {} : writeTokenFile(tokenFile, token)
  let ticks = 0
  const ticking = setInterval(() => {
    hub.tick(Date.now())
    if (++ticks % COMMENT_EVERY === 0) hub.comment()
  }, TICK_MS)
  try {
    // Output that does not go to a terminal may go to a log, which others read.
    const isShown = tokenFile === undefined || context.stdout.isTTY
    const address = `http://127.0.0.1:${page.port}/`
    await context.output.write(`The page: ${isShown ? page.url : `${address}?token=TOKEN, with the token in ${tokenFile}`}`)
    await context.output.write(`Metrics:  http://127.0.0.1:${page.port}/metrics, with "Authorization: Bearer TOKEN". Ctrl-C ends it.`)
    context.stop.addEventListener('abort', () => void hub.close(), { once: true })
    if (context.stop.aborted) await hub.close()
    await hub.run()
  } finally {
    clearInterval(ticking)
    removeTokenFile()
    await hub.close()
    await page.close()
  }
  return EXIT_OK
}
