import type { TarEntry } from './tar/header.ts'
import { endOfArchive, formatHeader, padTo512 } from './tar/writer.ts'

/** A member for tests: a file with that content unless it says otherwise. */
export type TestMember = Partial<Omit<TarEntry, 'size'>> & {
  readonly name: string
  readonly content?: string | Buffer
}

/** A tar archive, made for tests, by hand: nothing in it is checked. */
export const testTar = (...members: readonly TestMember[]): Buffer =>
  Buffer.concat([
    ...members.map(({ content = '', ...member }) => {
      const data = Buffer.from(content)
      const header = formatHeader({
        type: 'file',
        linkName: '',
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: '1700000000',
        xattrs: new Map(),
        ...member,
        size: data.length,
      })
      return Buffer.concat([header, data, padTo512(data.length)])
    }),
    endOfArchive,
  ])

/** What `docker save` writes for one image of these layers. */
export const testDockerArchive = (
  {
    config = {},
    tags = [],
    digest,
  }: { config?: object; tags?: readonly string[]; digest: (bytes: Buffer) => string },
  ...layers: readonly Buffer[]
): Buffer => {
  const image = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(digest) },
      history: layers.map((_, i) => ({ created_by: `layer ${i}` })),
    }),
  )
  const manifest = [{ Config: 'config.json', RepoTags: tags, Layers: layers.map((_, i) => `${i}/layer.tar`) }]
  return testTar(
    { name: 'config.json', content: image },
    ...layers.map((content, i) => ({ name: `${i}/layer.tar`, content })),
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  )
}
