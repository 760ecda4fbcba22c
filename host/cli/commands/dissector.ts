import { dissectorScript } from '../../captures/dissector.ts'
import { EXIT_OK } from '../exit-codes.ts'
import type { Verb } from '../verb.ts'

/** The package's version, put in by the build. */
declare const MPRTAP_VERSION: string

const HELP = `
Put it where Wireshark looks for plugins (Help, About, Folders names the folder):
  Windows   mprtap dissector > "%APPDATA%\\Wireshark\\plugins\\mprtap.lua"
  Linux     mprtap dissector > ~/.local/lib/wireshark/plugins/mprtap.lua
  macOS     mprtap dissector > ~/.local/lib/wireshark/plugins/mprtap.lua
Or for one call: tshark -X lua_script:mprtap.lua -r CAPTURE.pcapng
Then filter by mprtap.outcome == "failed", mprtap.local_name == "Z:", frame.drop_count > 0.`

export const verb: Verb<Record<string, never>> = {
  define(command) {
    command.addHelpText('after', HELP)
  },
  async run(_, __, { output }) {
    await output.write(dissectorScript(MPRTAP_VERSION).trimEnd())
    return EXIT_OK
  },
}
