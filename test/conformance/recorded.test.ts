import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askOurs } from './ours.ts'
import { recordedAnswers, recordedCases, recordedGroups } from './recorded.ts'
import { compare } from './verdict.ts'

test.each(recordedGroups)('what the reference answered to %s', { timeout: 120_000 }, async (group) => {
  const answers = recordedAnswers(group)
  const scratch = mkdtempSync(join(tmpdir(), 'compose-'))
  const different: object[] = []
  for (const asked of recordedCases(group)) {
    const expected = answers.get(asked.name)
    if (expected === undefined) throw new Error(`no answer to ${group}/${asked.name}: record it`)
    const base = join(scratch, 'base')
    mkdirSync(base)
    const given = await askOurs(asked, base)
    rmSync(base, { recursive: true })
    const verdict = compare(asked, expected, given)
    // Of several faults the reference tells one or another; its words are among ours.
    if (verdict !== 'same' && verdict !== 'words' && verdict !== 'crash')
      different.push({ name: asked.name, files: asked.files, expected, given })
  }
  rmSync(scratch, { recursive: true })
  expect(different).toEqual([])
  expect(answers.size).toBeGreaterThan(30)
})
