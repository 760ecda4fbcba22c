import { MprtapError } from '../../model/errors.ts'
import { LEVEL_ERROR, LEVEL_INFO } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { type ControlReport, control } from '../../windows/control.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { wholeNumber } from '../option-values.ts'
import { thisMachine } from '../this-machine.ts'
import type { Verb } from '../verb.ts'

interface ControlOptions {
  readonly on?: boolean
  readonly off?: boolean
  readonly slotsLog2?: number
  readonly json?: boolean
}

export const verb: Verb<ControlOptions> = {
  define(command) {
    command
      .option('--on', 'record')
      .option('--off', 'record nothing, in any process')
      .option('--slots-log2 <k>', 'slots of rings made from now on, as a power of two (10)', wholeNumber(2, 20))
      .option('--json', 'a JSON object on standard output')
  },
  async run({ on, off, slotsLog2, json }, _, context) {
    if (on && off) throw new MprtapError('MPRTAP_INVALID_ARGUMENT', 'Give --on or --off, not both.')
    const found = control(await thisMachine('control'), {
      ...(on || off ? { switchedOff: off === true } : {}),
      ...(slotsLog2 === undefined ? {} : { slotCountLog2: slotsLog2 }),
    })
    const { output } = context
    const { error } = found
    if (json) {
      const level = error === undefined ? LEVEL_INFO : LEVEL_ERROR
      await output.write(safeJson({ level, time: Date.now(), msg: error ?? textOf(found)[0], type: 'control', ...found }))
    } else if (error === undefined) for (const line of textOf(found)) await output.write(safeText(line))
    await output.flush()
    if (error !== undefined && !json) context.tell(error)
    return error === undefined ? EXIT_OK : EXIT_FAILURE
  },
}

function textOf({ path, control, fault, otherSizes }: ControlReport): string[] {
  return [
    `Recording is ${control.switchedOff ? 'switched off' : 'on'}; new rings have 2^${control.slotCountLog2} slots (${path}).`,
    'A running program follows at its first notification after a minute at most.',
    ...(fault === undefined ? [] : [`${fault}.`]),
    ...otherSizes.map((ring) => `${ring.path} keeps its 2^${ring.slotCountLog2} slots.`),
  ]
}
