import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/** Colours for what is written to `stream`: on a terminal only, unless `NO_COLOR` or `FORCE_COLOR` says otherwise; `NO_COLOR` wins. */
export function coloursFor(stream: NodeJS.WritableStream & { isTTY?: boolean }, env: NodeJS.ProcessEnv): Colours {
  return pc.createColors(wantsColours(stream.isTTY === true, env))
}

function wantsColours(terminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return terminal && TERM !== 'dumb'
}
