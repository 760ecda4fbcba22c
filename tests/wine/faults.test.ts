// See faults.ts.

import { bed } from './bed.ts'
import { faultTests } from './faults.ts'

faultTests(bed, 'x64')
