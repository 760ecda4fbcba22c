// Makes this clone ready: npm packages, Debian packages, builds, the Wine prefix. Does only what is missing, and is silent and quick when
// nothing is. Imports nothing but Node's own modules, because it runs before npm ci has.
//
//   node scripts/setup.mjs [--tiers core,native,wine]
import { existsSync } from 'node:fs'
import { checkMayInstall, checkSystem, installPackages, missingPackages, packagesFor, packagesOf } from './lib/debian-packages.mjs'
import { alone } from './lib/lock.mjs'
import { checkNodeVersion, installNodeModules, nodeModulesAreFresh } from './lib/node-modules.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { step } from './lib/progress.mjs'
import { run } from './lib/run.mjs'
import { exitCodes, SetupError } from './lib/setup-error.mjs'
import { ensureTools, toolSets } from './lib/tools.mjs'
import { stopWine } from './lib/wine.mjs'
import { ensureWinePrefix, installNotifyee } from './lib/wine-prefix.mjs'
import { ensureWine32, whyNoWine32, wine32 } from './lib/wine32.mjs'

async function installMissingPackages(missing) {
  if (missing.length > 0) await step(`installing Debian packages (${missing.join(', ')})`, () => installPackages(missing))
}

async function installMissingModules() {
  if (!nodeModulesAreFresh()) await step('installing npm packages', installNodeModules)
}

async function build(tiers) {
  const script = inRoot('scripts', 'build.mjs')
  const canBuildDll = packagesFor(tiers).includes('lld')
  if (existsSync(script)) await step('building', () => run(process.execPath, [script, ...(canBuildDll ? [] : ['--no-dll'])], { cwd: root }))
}

const prepareWine = () =>
  step('preparing the Wine prefix', () =>
    alone('wine', async () => {
      if (await ensureWinePrefix()) stopWine()
    }),
  )

/** Tools come from npm alone. Without them some tests are left out, and that is said; in CI it is a failure. */
async function prepareTools(set) {
  try {
    await step(`installing ${toolSets[set]}`, () => ensureTools(set))
  } catch (error) {
    const reason = error.message.trim().split('\n').at(-1)
    const text = `${toolSets[set]} cannot be installed: ${reason}`
    if (process.env.CI === 'true') throw new SetupError(exitCodes.stepFailed, text)
    process.stderr.write(`set-up: ${text.toUpperCase()}\nset-up: WHAT IS TESTED WITH THEM IS LEFT OUT.\n`)
  }
}

/** The 32-bit tier is optional: where it cannot run, that is said, and nothing fails. */
async function prepareWine32() {
  const reason = whyNoWine32()
  if (reason) process.stderr.write(`set-up: THE 32-BIT TIER CANNOT RUN HERE: ${reason}.\n`)
  else {
    await step('preparing the 32-bit Wine', () =>
      alone('wine', async () => {
        if (await ensureWine32()) wine32.stop()
      }),
    )
  }
  return reason
}

/** Waits for all, so that no installation is cut off in the middle, and then throws the first error. */
async function allOf(...promises) {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

async function setUp(tiers) {
  const missing = missingPackages(tiers)
  if (missing.length > 0) checkMayInstall(missing)
  const packages = installMissingPackages(missing)
  const modules = installMissingModules()
  const built = allOf(packages, modules).then(() => build(tiers))
  const wine = tiers.includes('wine') ? packages.then(prepareWine) : undefined
  const tools = tiers.filter((tier) => Object.hasOwn(toolSets, tier)).map(prepareTools)
  const missing32 = tiers.includes('wine32') ? packages.then(prepareWine32) : undefined
  await allOf(built, wine, ...tools, missing32)
  // A prefix may have been ready before the notifyee was built.
  if (wine) installNotifyee()
  if (missing32 && !(await missing32)) installNotifyee(wine32, 'x86')
}

/**
 * Brings the given tiers up to date; independent steps run side by side. Leaves no process behind.
 * @param {{ tiers?: string[] }} [options] keys of packagesOf and toolSets
 * @throws {SetupError} with the exit code that the program should end with
 */
export async function ensureSetup({ tiers = ['core', 'native', 'wine'] } = {}) {
  checkNodeVersion()
  checkSystem(tiers)
  await alone('setup', () => setUp(tiers))
}

/** As ensureSetup, for a script's own use: prints what is wrong and ends the process. */
export async function ensureSetupOrExit(options) {
  try {
    await ensureSetup(options)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(error instanceof SetupError ? error.exitCode : exitCodes.stepFailed)
  }
}

function tiersFrom(args) {
  const at = args.indexOf('--tiers')
  const tiers = at < 0 ? undefined : (args[at + 1] ?? '').split(',')
  const known = { ...packagesOf, ...toolSets }
  const unknown = tiers?.find((tier) => !Object.hasOwn(known, tier))
  if (unknown === undefined) return tiers
  process.stderr.write(`There is no tier "${unknown}". Tiers: ${Object.keys(known).join(', ')}.\n`)
  process.exit(2)
}

if (process.argv[1] === inRoot('scripts', 'setup.mjs')) {
  const started = performance.now()
  await ensureSetupOrExit({ tiers: tiersFrom(process.argv.slice(2)) })
  process.stderr.write(`set-up: everything is in place (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}
