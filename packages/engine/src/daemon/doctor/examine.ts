import type { Finding, Surroundings } from './finding.ts'
import { machineFindings } from './machine.ts'
import { partFindings } from './parts.ts'
import { programFindings } from './programs.ts'

/** Looks at what the machine has, without starting or changing anything. */
export const examine = (surroundings: Surroundings): Finding[] => [
  ...machineFindings(surroundings),
  ...programFindings(surroundings),
  ...partFindings(),
]
