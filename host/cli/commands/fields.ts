import { tableLines } from '../../text/table.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { OUTPUT_FIELDS } from '../output/fields.ts'
import { terminalWidth } from '../output/line-style.ts'
import type { Verb } from '../verb.ts'

/** Lists the fields that --fields can choose. */
export const verb: Verb<object> = {
  define() {},
  async run(_options, _operands, context) {
    const lines = tableLines(
      [
        { title: 'field', type: 'text', rank: 0, text: ({ name }) => name },
        { title: 'of', type: 'text', rank: 0, text: ({ of }) => of },
        { title: 'meaning', type: 'text', rank: 0, text: ({ meaning }) => meaning },
      ],
      OUTPUT_FIELDS,
      terminalWidth(context),
    )
    for (const line of lines) await context.output.write(line)
    return EXIT_OK
  },
}
