import { Option } from 'commander'
import { openTap } from '../../index.ts'
import { accounts } from '../../system/accounts.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { notEmptyList } from '../option-values.ts'
import { coloursFor } from '../output/colours.ts'
import { Screen } from '../output/screen.ts'
import { readOperations } from '../read-operations.ts'
import { SOURCES_HELP } from '../selection.ts'
import { ActivityLog, VIEWS, type View } from '../top/activity.ts'
import { afterKey, keysOf } from '../top/keys.ts'
import { type Choice, ORDERS, type Order, plainLines, screenLines } from '../top/layout.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { namesOf } from '../wording.ts'

interface TopOptions {
  readonly view: View
  readonly sort: Order
  readonly from?: 'now' | 'oldest'
  readonly utc?: boolean
}

/** Four frames a second are enough for the eye and little for a slow line. */
const FRAME_MS = 250
const SIZE_DEFAULT = { columns: 80, rows: 24 }

export const verb: Verb<TopOptions, [sources?: readonly string[]]> = {
  define(command) {
    command
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .addOption(new Option('--view <what>', 'what the table shows').choices(VIEWS).default('servers'))
      .addOption(new Option('--sort <order>', 'what comes first').choices(ORDERS).default('operations'))
      .addOption(new Option('--from <where>', 'where to begin (now; without a terminal, oldest)').choices(['now', 'oldest']))
      .option('--utc', 'times are shown in UTC instead of local time')
  },
  run: (options, [sources = []], context) => (context.stdout.isTTY ? live(sources, options, context) : once(sources, options, context)),
}

function choiceOf({ view, sort }: TopOptions): Choice {
  return { view, order: sort, filter: '', isTyping: false, isPaused: false, skipped: 0 }
}

/** Without a terminal: one table of what the sources hold. */
async function once(sources: readonly string[], options: TopOptions, context: CommandContext): Promise<number> {
  const log = new ActivityLog()
  const { accountName } = await readOperations(sources, undefined, context, (operation) => log.addOperation(operation, operation.time))
  const choice = choiceOf(options)
  const nameOf = await namesOf(choice.view === 'users' ? log.activities('users').map(({ key }) => key) : [], accountName, context)
  for (const line of plainLines(log, choice, undefined, nameOf)) await context.output.write(line)
  return EXIT_OK
}

/**
 * Shows on the terminal what goes on, until `q`, a signal or the terminal's end. Two taps read the rings: operations, and the beginnings of those that have not
 * ended yet.
 *
 * @throws MprtapError when the rings cannot be read.
 */
async function live(sources: readonly string[], options: TopOptions, context: CommandContext): Promise<number> {
  const { stdin, stdout, env, output, stop } = context
  const { from = 'now', utc = false } = options
  const quit = new AbortController()
  const signal = AbortSignal.any([stop, output.closed, quit.signal])
  const log = new ActivityLog()
  // A pseudonym has no account.
  const nameOf = (sid: string) => (context.redactor ? undefined : accounts.nameOf(sid)?.name)
  const operations = await openTap({ from, sources, signal, redact: context.redact })
  const beginnings = await openTap({
    from,
    sources,
    signal,
    redact: context.redact,
    level: 'notification',
    filter: 'phase == pre',
  })

  let choice = choiceOf(options)
  const screen = new Screen((text) => void stdout.write(text))
  const colours = coloursFor(stdout, env)
  const size = () => ({ width: stdout.columns || SIZE_DEFAULT.columns, height: stdout.rows || SIZE_DEFAULT.rows })
  const draw = () => {
    // A line that is slow gets the next frame when it has taken this one.
    if (stdout.writableNeedDrain) return
    const { width, height } = size()
    const { lost, rings } = operations.stats()
    screen.draw(screenLines({ log, lost, rings, now: Date.now(), utc, nameOf }, choice, width, height, colours))
  }
  const onResize = () => {
    screen.forget()
    draw()
  }
  const onKeys = (text: string) => {
    for (const key of keysOf(text)) {
      const result = afterKey(key, choice, size().height - 4)
      if (result === 'quit') return quit.abort()
      choice = result
    }
    draw()
  }
  const restore = () => screen.close()
  const frames = setInterval(() => {
    if (!choice.isPaused) draw()
  }, FRAME_MS)

  process.once('exit', restore)
  stdout.on('resize', onResize)
  if (stdin.isTTY) stdin.setRawMode(true).setEncoding('utf8').on('data', onKeys).resume()
  screen.open()
  draw()
  try {
    await Promise.all([
      (async () => {
        for await (const operation of operations) log.addOperation(operation, Date.now())
      })(),
      (async () => {
        for await (const beginning of beginnings) log.addBeginning(beginning)
      })(),
    ])
  } finally {
    clearInterval(frames)
    restore()
    process.off('exit', restore)
    stdout.off('resize', onResize)
    if (stdin.isTTY) stdin.off('data', onKeys).setRawMode(false).pause()
    await Promise.all([operations.close(), beginnings.close()])
  }
  return EXIT_OK
}
