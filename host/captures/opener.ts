// Captures for openSources(): a part of the library that is loaded when a capture is named.

import { openCaptures } from './capture-set.ts'
import { capturedRings } from './captured-rings.ts'

export const captures = { open: openCaptures, rings: capturedRings }
