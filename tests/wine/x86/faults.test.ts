// See ../faults.ts.

import { wine32 } from '../../../scripts/lib/wine32.mjs'
import { Bed } from '../bed.ts'
import { faultTests } from '../faults.ts'

faultTests(new Bed(wine32, 'x86'), 'x86')
