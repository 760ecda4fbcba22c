/** The exit codes of the command line, all of them. */

/** Done, stopped by a signal, or nobody reads the output any more. */
export const EXIT_OK = 0
/** Something failed while running: the rings cannot be read, a file cannot be written. */
export const EXIT_FAILURE = 1
/** The command line was wrong: nothing was done. */
export const EXIT_USAGE = 2
