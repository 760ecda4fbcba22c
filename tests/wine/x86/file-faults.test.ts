// See ../file-faults.ts.

import { wine32 } from '../../../scripts/lib/wine32.mjs'
import { Bed } from '../bed.ts'
import { fileFaultTests } from '../file-faults.ts'

fileFaultTests(new Bed(wine32, 'x86'), 'x86')
