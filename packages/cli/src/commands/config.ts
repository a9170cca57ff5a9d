import { defineCommand } from '../command.ts'
import { missingCommand } from './missing.ts'

export default defineCommand(missingCommand('config'))
