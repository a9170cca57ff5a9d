import { UserError, UserErrors } from '@container-compose/core'
import { expect, test } from 'vitest'
import { loadProject } from './load.ts'
import { projectJson, projectYaml } from './print/project.ts'
import { folderWith } from './testing/folder.ts'
import { loadText } from './testing/load-text.ts'
import { corpus, mutate, randomFrom, randomProject } from './testing/random.ts'

const doubled = (text: string): string => text.replaceAll('$', '$$$$')

test('merging a file that says nothing changes nothing', async () => {
  const random = randomFrom(1)
  for (let round = 0; round < 30; round += 1) {
    const text = randomProject(random)
    const cwd = folderWith({ 'a.yaml': text, 'b.yaml': 'services: {}\n' })
    const load = (files: string[]) => loadProject({ cwd, environment: {}, files })
    const alone = projectJson((await load(['a.yaml'])).project)
    expect(projectJson((await load(['a.yaml', 'b.yaml'])).project)).toBe(alone)
  }
})

test('what is printed is read again as the same project', async () => {
  const random = randomFrom(2)
  for (let round = 0; round < 60; round += 1) {
    const { project } = await loadText(randomProject(random))
    const yaml = projectYaml(project)
    expect(projectYaml((await loadText(doubled(yaml))).project)).toBe(yaml)
    const json = projectJson(project)
    expect(projectJson((await loadText(doubled(json))).project)).toBe(json)
  }
})

test('whatever is written, a load ends with a project or with errors for the user', async () => {
  const random = randomFrom(3)
  for (let round = 0; round < 400; round += 1) {
    const text = mutate(corpus[round % corpus.length] as string, random)
    try {
      const { project } = await loadText(text)
      projectYaml(project)
    } catch (error) {
      if (!(error instanceof UserError || error instanceof UserErrors))
        throw new Error(JSON.stringify(text), { cause: error })
    }
  }
})
