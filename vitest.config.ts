import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'linux', include: ['tests/{format,host,cli,fuzz}/**/*.test.ts'], testTimeout: 30_000 } },
      // Wine programs share one prefix and one ring: one file after the other.
      { test: { name: 'wine', include: ['tests/wine/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
