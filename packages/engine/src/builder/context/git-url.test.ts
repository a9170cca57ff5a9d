import { expect, test } from 'vitest'
import { parseGitUrl } from './git-url.ts'

test.each([
  ['https://host/a/b.git', 'https://host/a/b.git', undefined, ''],
  ['https://host/b.git#v1', 'https://host/b.git', 'v1', ''],
  ['https://host/b.git#:docker', 'https://host/b.git', undefined, 'docker'],
  ['git://host:99/b#refs/heads/x-1:/a/./b/', 'git://host:99/b', 'refs/heads/x-1', 'a/b'],
  ['git@host:a/b.git#main', 'git@host:a/b.git', 'main', ''],
  ['ssh://git@host/a/b', 'ssh://git@host/a/b', undefined, ''],
  ['github.com/a/b#c', 'https://github.com/a/b', 'c', ''],
  ['https://github.com/a/b', 'https://github.com/a/b', undefined, ''],
])('%s', (url, repository, reference, directory) => {
  expect(parseGitUrl(url)).toEqual({ repository, reference, directory })
})

test.each([
  'https://host/context.tar.gz',
  'file:///etc.git',
  'ext::sh -c touch% /x.git',
  '--upload-pack=x.git',
  'https://host/b.git#--output=x',
  'https://host/b.git#a..b',
  'https://host/b.git#:../x',
  'https://host/b c.git',
])('%s is refused', (url) => {
  expect(() => parseGitUrl(url)).toThrow(expect.objectContaining({ status: 400 }))
})
