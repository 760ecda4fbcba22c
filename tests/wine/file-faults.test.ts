// See file-faults.ts.

import { bed } from './bed.ts'
import { fileFaultTests } from './file-faults.ts'

fileFaultTests(bed, 'x64')
