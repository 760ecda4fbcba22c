// What a tap does unless somebody says otherwise.

/** How long a PRE waits for its POST, ms. */
export const UNFINISHED_AFTER_MS = 300_000
/** The longest rest between two looks at what is silent, ms. */
export const LONGEST_REST_MS = 500
