#!/usr/bin/env node
// `config` of one service and of 1,000 beside another program that has the command: node bench/config.mjs --other docker-compose
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { largeProject } from './cases.mjs'
import { childCpu } from './side.mjs'
import { median, summary, table } from './statistics.mjs'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '11' }, other: { type: 'string' } },
})
const bundle = fileURLToPath(new URL('../packages/cli/dist/container-compose.mjs', import.meta.url))
const sides = { 'container-compose': [process.execPath, bundle] }
if (options.other !== undefined) sides.other = [options.other]

/** Seconds of wall and CPU time, and the peak of resident memory as far as looking every 2 ms can tell. */
const measure = async ([command, ...args], cwd) => {
  const cpu = childCpu()
  const start = process.hrtime.bigint()
  const child = spawn(command, [...args, 'config'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  let peak = 0
  const watching = setInterval(() => {
    try {
      const [, kilobytes = 0] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      peak = Math.max(peak, Number(kilobytes) / 1024)
    } catch {
      // It has ended.
    }
  }, 2)
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearInterval(watching)
  if (code !== 0) throw new Error(`${command}: exit ${code}`)
  return { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: childCpu() - cpu, MB: peak }
}

const work = mkdtempSync(join(tmpdir(), 'bench-'))
const rows = []
for (const services of [1, 1000]) {
  const cwd = join(work, String(services))
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'compose.yaml'), largeProject(services))
  const found = {}
  // In turn, so that what else the machine does meets both.
  for (let run = 0; run <= Number(options.runs); run++)
    for (const [name, command] of Object.entries(sides)) {
      const figures = await measure(command, cwd)
      if (run === 0) continue
      for (const [figure, value] of Object.entries(figures)) {
        found[figure] ??= {}
        found[figure][name] ??= []
        found[figure][name].push(value)
      }
    }
  for (const [figure, byName] of Object.entries(found)) {
    const [ours, other] = Object.keys(sides).map((name) => median(byName[name] ?? []))
    const ratio = options.other === undefined ? '' : (ours / other).toFixed(2)
    rows.push([
      `${services} services, ${figure}`,
      ...Object.values(byName).map((values) => summary(values)),
      ratio,
    ])
  }
}
rmSync(work, { recursive: true })
console.log(table(['what (s, MB)', ...Object.keys(sides), 'ratio'], rows))
