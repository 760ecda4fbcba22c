// What this process or machine lacks, as opposed to what is wrong with a file.

const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'this process has as many files open as it may (EMFILE)',
  ENFILE: 'this machine has as many files open as it can (ENFILE)',
  ENOMEM: 'there is no memory left for it (ENOMEM)',
  ENOLCK: 'this machine has no room for another lock (ENOLCK)',
}

/** What was lacking, when a system error or its cause says so; `undefined` for every other error. */
export function shortageOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } }
  return SHORTAGES[String(code)] ?? SHORTAGES[String(cause?.code)]
}

/** The shortage for people. It is the same sentence wherever it is met, so that it is reported once. */
export function describeShortage(shortage: string): string {
  return `Not all rings can be read: ${shortage}. Nothing is wrong with the rings; they are tried again. Close other programs, or raise the limit.`
}
