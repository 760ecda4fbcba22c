import { defineConfig } from 'vitest/config'

// Wine programs share one prefix and one folder of rings: one file after the other, and nobody else of this clone meanwhile.
const wine = { globalSetup: 'tests/wine/prefix.ts', fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 }

/** They kill, fill and fuzz: once in a full run, on one version of Node. */
const endurance = ['tests/fuzz/**/*.test.ts', 'tests/host/{torture,faults,file-faults*,full-disk,consumer-kill}.test.ts']

/** They start many processes, wait for time or try thousands of random cases: not in `npm test -- --quick`. */
const slow = [
  'tests/{captures,docs,serve,rings,scripts,report}/**',
  'tests/cli/{analysis,bench,cli,completion,config,consumer,docs,ending,explain,prune,prune-user,report,schema,service-losses,top}.test.ts',
  'tests/host/{tap-*,consumer-*,statistics-*,batch-cursor,core-reference,filter-core,filter-tap,filter-policy,shortage}.test.ts',
]

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'linux',
          globalSetup: 'tests/build.ts',
          include: ['tests/**/*.test.ts'],
          exclude: [
            ...['tests/package/**', 'tests/farm/**', 'tests/wine/**', 'tests/core/**', 'tests/**/*.browser.test.ts'],
            ...endurance,
            ...(process.env.MPRTAP_QUICK_TESTS ? slow : []),
          ],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'endurance', globalSetup: 'tests/build.ts', include: endurance, testTimeout: 60_000 } },
      { test: { name: 'package', globalSetup: 'tests/package/pack.ts', include: ['tests/package/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'pages',
          globalSetup: 'tests/build.ts',
          include: ['tests/**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'farm',
          globalSetup: 'tests/build.ts',
          include: ['tests/farm/*.test.ts'],
          // Each file has servers of its own; two processors do not carry many.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { ...wine, name: 'wine', include: ['tests/wine/*.test.ts'] } },
      { test: { ...wine, name: 'wine32', include: ['tests/wine/x86/*.test.ts'], globalSetup: 'tests/wine/x86/prefix.ts' } },
    ],
  },
})
