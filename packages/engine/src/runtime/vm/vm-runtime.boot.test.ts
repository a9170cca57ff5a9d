import { runtimeContract } from '../runtime-contract.ts'
import { openVmHost } from './testing/vm-host.ts'

runtimeContract(openVmHost)
