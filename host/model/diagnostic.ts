// What a tap tells beside events and losses: what it does not read, and what it could not keep. It goes on with the rest.

/** Stable codes of diagnostics, and what each says. docs/errors.md has the same table, with what to do. */
export const DIAGNOSTIC_CODES = {
  'source-refused': 'A ring or capture is not read: it cannot be opened, or is not one.',
  'source-damaged': 'A source was cut or overwritten before it was read to its end; what could be read was delivered.',
  shortage: 'This process lacks file descriptors or memory to open a source; nothing is wrong with the source.',
  'folder-unreadable': 'A folder of rings cannot be listed at present.',
  'folder-crowded': 'A folder has too many names; rings among the others are not read.',
  'ring-squatted': "A file bears a user's name and belongs to somebody else; it is not read.",
  'too-many-rings': 'There are more rings than a tap reads; those that came last are not read.',
  'packets-newer': 'A capture has packets of a newer mprtap, which are not read.',
  'packets-malformed': 'A capture has packets that are not valid, or were cut.',
  'records-reused': 'Records have the id of another record: a ring was set back, or its file copied.',
  'records-late': 'Records of captures stand so far from their place that they were given up.',
  'stream-unreadable': 'A stream cannot be read at present, or not to its end.',
  'messages-refused':
    'Messages of a stream are not read: they are damaged, too large, newer, or not from the host that they claim to be from.',
  'position-lost': 'A ring is not what its consumer read before, or was overwritten since.',
  'checkpoint-set-aside': 'A checkpoint file could not be understood and was set aside; reading begins with the oldest records.',
  'checkpoint-unsaved': 'A checkpoint cannot be saved at present; what is delivered meanwhile will be delivered again.',
} as const

/** What `onDiagnostic` is told of, by a name that stays; docs/errors.md has them all. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES

/** Something that a tap could not do. The tap goes on. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  /** The file or folder that it is about; `undefined` when it is about none in particular. */
  readonly path: string | undefined
  /** A sentence for people: what, where, and what to do next. */
  readonly text: string
}

/** Takes diagnostics. */
export type Tell = (diagnostic: Diagnostic) => void
