// as-pect runs the core's own tests (tests/core/) on a debug build of the assembly/ sources.
import './scripts/generate-core-vectors.mjs'

export default {
  entries: ['tests/core/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }))
  },
  outputBinary: false,
}
