// The reader's log: 64-bit floating-point words. What follows each type:

/** count, then (sequence, writer, number) for each record delivered. */
export const LOG_ROWS = 1
/** The same for one record that is not what its writer wrote. */
export const LOG_TORN = 2
/** First sequence, number of sequences: what onLoss told. */
export const LOG_LOSS = 3
/** Nothing: the reader is alive. */
export const LOG_BEAT = 4
/** Nothing: onDiagnostic was called. */
export const LOG_COMPLAINT = 5
