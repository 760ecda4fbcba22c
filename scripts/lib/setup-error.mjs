// Why the set-up stops, and the exit code that says so. The codes are stable.
export const exitCodes = {
  /** A step failed: its output is in the text. */
  stepFailed: 1,
  /** Node is too old. */
  nodeTooOld: 3,
  /** This system cannot run what was asked for. */
  unsupportedSystem: 4,
  /** Packages are missing and must be installed by hand. */
  packagesMissing: 5,
}

export class SetupError extends Error {
  /** @param {number} exitCode one of exitCodes */
  constructor(exitCode, text) {
    super(text)
    this.name = 'SetupError'
    this.exitCode = exitCode
  }
}
