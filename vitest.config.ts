import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/{format,host,cli}/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
