// How many random cases a sweep tries. On the machine's own Node all of them; on each other version a quarter: a version of Node may break
// the kind, and the next runs try other cases.

/** Cases of a sweep that tries `all` on the machine's own Node. */
export const cases = (all: number): number => (process.env.MPRTAP_SHORT_SWEEPS ? Math.ceil(all / 4) : all)
