#!/usr/bin/env node
// Compiles the programs in C into packages/guest/build, those that are out of date.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

const pump = [
  'fuse_pump',
  'fuse_carry',
  'fuse_poke',
  'watched',
  'unanswered',
  'port_receive',
  'text_file',
].map((name) => `agent/${name}.c`)

/** How a server is confined and stands beside its parent. */
const serverParts = ['cage', 'confine', 'fail', 'pid_file', 'successors'].map(
  (name) => `mount-server/${name}.c`,
)

/** Both ends of what is carried by frames. */
const channelParts = ['channel', 'connection', 'frame', 'window'].map((name) => `agent/${name}.c`)

/** Sources: files, or folders whose C files all belong to the program (not those of their folders). */
const programs = {
  // One file without an interpreter or libraries: there is nothing else in the guest.
  agent: {
    sources: ['agent'],
    flags: [
      '-Os',
      '-s',
      '-static',
      // -Os copies by single bytes (rep movsb), each of which is a turn of a loop where the processor is emulated.
      '-mstringop-strategy=libcall',
      '-pthread',
      '-ffunction-sections',
      '-fdata-sections',
      '-Wl,--gc-sections',
    ],
    libraries: [],
  },
  'mount-server': {
    sources: ['mount-server'],
    flags: ['-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64'],
    libraries: ['-lfuse3', '-lseccomp'],
  },
  'socket-server': {
    sources: ['socket-server', ...serverParts, ...channelParts],
    // As the agent's files define it themselves.
    flags: ['-D_GNU_SOURCE='],
    libraries: ['-lseccomp'],
  },
  'print-events': { sources: ['mount-server/testing/print_events.c'], flags: ['-static'], libraries: [] },
  'relay-here': {
    sources: [
      'socket-server/testing/relay_here.c',
      'agent/relay_process.c',
      'agent/fault.c',
      ...channelParts,
    ],
    flags: ['-D_GNU_SOURCE='],
    libraries: [],
  },
  'socket-probe': {
    sources: ['socket-server/testing/socket_probe.c'],
    flags: ['-static'],
    libraries: [],
  },
  'pump-here': { sources: ['mount-server/testing/pump_here.c', ...pump], flags: ['-pthread'], libraries: [] },
}

const common = ['-std=gnu17', '-O2', '-g', '-Wall', '-Wextra', '-Werror']

const filesIn = (folder, ending) =>
  readdirSync(join(here, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))

const changed = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

mkdirSync(join(here, 'build'), { recursive: true })
for (const [name, { sources, flags, libraries }] of Object.entries(programs)) {
  const files = sources.flatMap((path) => (path.endsWith('.c') ? [path] : filesIn(path, '.c')))
  const headers = [...new Set([...files.map(dirname), 'agent'])].flatMap((folder) => filesIn(folder, '.h'))
  const program = join('build', name)
  if (Math.max(...[...files, ...headers, 'build.mjs'].map(changed)) < changed(program)) continue
  // Never a half-written program, nor one that is being executed.
  const made = `${program}.${process.pid}`
  const { status } = spawnSync('cc', [...common, ...flags, ...files, '-o', made, ...libraries], {
    cwd: here,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
  renameSync(join(here, made), join(here, program))
}
