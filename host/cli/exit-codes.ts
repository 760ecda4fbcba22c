/** The exit codes of the command line, all of them. */

/** Done, stopped by a signal, or nobody reads the output any more. */
export const EXIT_OK = 0
/** Something failed while running: the rings cannot be read, a file cannot be written. */
export const EXIT_FAILURE = 1
/** The command line was wrong: nothing was done. */
export const EXIT_USAGE = 2
/** Nothing failed, and something is not as it should be: status, doctor, notifyees. `install` and `uninstall` have codes of their own (host/windows/outcome.ts). */
export const EXIT_FINDING = 3
