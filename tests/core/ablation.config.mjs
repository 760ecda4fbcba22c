// Vitest for ablate.mjs: the host's tests over the core that MPRTAP_CORE_MODULE names, instead of the one that was built.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: [{ find: /^.*\/build\/core-wasm\.mjs$/, replacement: process.env.MPRTAP_CORE_MODULE }] },
  // Threads, because they end with their process: a core that spins can be stopped from outside only.
  test: { include: ['tests/host/*.test.ts'], testTimeout: 60_000, pool: 'threads' },
})
