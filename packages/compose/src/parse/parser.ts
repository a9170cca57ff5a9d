import type { YamlNode } from './node.ts'
import { Scanner } from './scanner.ts'
import type { Source } from './source.ts'
import type { Token, TokenKind } from './token.ts'
import { type Mark, parserError, YamlError } from './yaml-error.ts'

const yamlTags = 'tag:yaml.org,2002:'
const nothing: YamlNode[] = []

interface Properties {
  readonly mark: Mark
  readonly anchor: string
  readonly tag: string
}

/**
 * Builds the nodes of a YAML text, one document after the other: libyaml's grammar, as yaml.v3 has it.
 *
 * A reader of our own for three reasons. What Docker Compose reads is yaml.v3's dialect, whose errors people know. Every node
 * keeps its place up to the last error. And speed: for a file of 1,000 services the lexer and parser of the library `yaml`
 * alone take 330 ms of CPU time, its documents 490 ms, this one 105 ms (Node.js 20, a busy machine), where all of `config` has to
 * be done in a tenth of Docker Compose's 2.4 s. The library judges this reader in oracle.test.ts.
 */
export class Parser {
  readonly #source: Source
  readonly #scanner: Scanner
  #anchors = new Map<string, YamlNode>()
  #handles = new Map<string, string>()
  #atStart = true

  constructor(source: Source) {
    this.#source = source
    this.#scanner = new Scanner(source.text)
  }

  /**
   * The root of the next document, or undefined at the end of the text.
   *
   * @throws YamlError
   */
  nextDocument(): YamlNode | undefined {
    const implicit = this.#atStart
    this.#atStart = false
    if (!implicit) while (this.#is('document-end')) this.#scanner.take()
    if (this.#is('stream-end')) return undefined
    // Anchors live on from document to document, as in yaml.v3.
    const directives = this.#readDirectives()
    let root: YamlNode
    if (this.#is('document-start')) {
      this.#scanner.take()
      root = this.#startsNoContent() ? this.#emptyScalar(this.#scanner.peek()) : this.#node(true, false)
    } else {
      if (!implicit || directives)
        throw parserError('did not find expected <document start>', undefined, this.#scanner.peek())
      root = this.#node(true, false)
    }
    if (this.#is('document-end')) this.#scanner.take()
    return root
  }

  #is(kind: TokenKind): boolean {
    return this.#scanner.peek().kind === kind
  }

  #startsNoContent(): boolean {
    const { kind } = this.#scanner.peek()
    return (
      kind === 'version-directive' ||
      kind === 'tag-directive' ||
      kind === 'document-start' ||
      kind === 'document-end' ||
      kind === 'stream-end'
    )
  }

  #readDirectives(): boolean {
    const handles = new Map<string, string>()
    let version: string | undefined
    let token = this.#scanner.peek()
    for (
      ;
      token.kind === 'version-directive' || token.kind === 'tag-directive';
      token = this.#scanner.peek()
    ) {
      if (token.kind === 'version-directive') {
        if (version !== undefined) throw parserError('found duplicate %YAML directive', undefined, token)
        if (token.value !== '1.1') throw parserError('found incompatible YAML document', undefined, token)
        version = token.value
      } else {
        if (handles.has(token.value)) throw parserError('found duplicate %TAG directive', undefined, token)
        handles.set(token.value, token.suffix)
      }
      this.#scanner.take()
    }
    const any = version !== undefined || handles.size > 0
    if (!handles.has('!')) handles.set('!', '!')
    if (!handles.has('!!')) handles.set('!!', yamlTags)
    this.#handles = handles
    return any
  }

  #node(inBlock: boolean, indentless: boolean): YamlNode {
    const first = this.#scanner.peek()
    if (first.kind === 'alias') return this.#alias()
    const properties = this.#properties(first)
    const token = this.#scanner.peek()
    switch (token.kind) {
      case 'scalar':
        this.#scanner.take()
        return this.#register(properties, 'scalar', token.value, token.plain)
      case 'flow-sequence-start':
        return this.#flowSequence(this.#register(properties, 'sequence'))
      case 'flow-mapping-start':
        return this.#flowMapping(this.#register(properties, 'mapping'))
      case 'block-entry':
        if (!indentless) break
        return this.#indentlessSequence(this.#register(properties, 'sequence'))
      case 'block-sequence-start':
        if (!inBlock) break
        return this.#blockSequence(this.#register(properties, 'sequence'))
      case 'block-mapping-start':
        if (!inBlock) break
        return this.#blockMapping(this.#register(properties, 'mapping'))
    }
    if (properties.anchor !== '' || properties.tag !== '')
      return this.#register(properties, 'scalar', '', true)
    throw parserError('did not find expected node content', properties.mark, token)
  }

  #alias(): YamlNode {
    const { value, offset, line, column } = this.#scanner.take()
    const target = this.#anchors.get(value)
    if (target === undefined) throw new YamlError(`yaml: unknown anchor '${value}' referenced`, offset)
    const source = this.#source
    return {
      source,
      kind: 'alias',
      tag: '',
      value,
      plain: true,
      content: nothing,
      target,
      offset,
      line,
      column,
    }
  }

  #properties(first: Token): Properties {
    let anchor = ''
    let tag = ''
    for (let count = 0; count < 2; count += 1) {
      const token = this.#scanner.peek()
      if (token.kind === 'anchor' && anchor === '') anchor = token.value
      else if (token.kind === 'tag' && tag === '') tag = this.#tag(token, first)
      else break
      this.#scanner.take()
    }
    return { mark: first, anchor, tag }
  }

  #tag({ value, suffix, ...mark }: Token, first: Token): string {
    if (value === '') return shortTag(suffix)
    const prefix = this.#handles.get(value)
    if (prefix === undefined) throw parserError('found undefined tag handle', first, mark)
    return shortTag(prefix + suffix)
  }

  #register(
    { mark, anchor, tag }: Properties,
    kind: 'scalar' | 'sequence' | 'mapping',
    value = '',
    plain = false,
  ): YamlNode {
    const { offset, line, column } = mark
    const content = kind === 'scalar' ? nothing : []
    const source = this.#source
    const node: YamlNode = { source, kind, tag, value, plain, content, offset, line, column }
    if (anchor !== '') this.#anchors.set(anchor, node)
    return node
  }

  #blockSequence(node: YamlNode): YamlNode {
    const start = this.#scanner.take()
    for (;;) {
      const token = this.#scanner.peek()
      if (token.kind === 'block-entry') {
        this.#scanner.take()
        const { kind } = this.#scanner.peek()
        const isEmpty = kind === 'block-entry' || kind === 'block-end'
        node.content.push(isEmpty ? this.#emptyScalar(token) : this.#node(true, false))
      } else if (token.kind === 'block-end') {
        this.#scanner.take()
        return node
      } else throw parserError("did not find expected '-' indicator", start, token)
    }
  }

  #indentlessSequence(node: YamlNode): YamlNode {
    while (this.#is('block-entry')) {
      const token = this.#scanner.take()
      const { kind } = this.#scanner.peek()
      const isEmpty = kind === 'block-entry' || kind === 'key' || kind === 'value' || kind === 'block-end'
      node.content.push(isEmpty ? this.#emptyScalar(token) : this.#node(true, false))
    }
    return node
  }

  #blockMapping(node: YamlNode): YamlNode {
    const start = this.#scanner.take()
    for (;;) {
      const token = this.#scanner.peek()
      if (token.kind === 'block-end') {
        this.#scanner.take()
        return node
      }
      if (token.kind !== 'key') throw parserError('did not find expected key', start, token)
      this.#scanner.take()
      node.content.push(this.#blockMappingPart(token))
      const value = this.#scanner.peek()
      if (value.kind === 'value') {
        this.#scanner.take()
        node.content.push(this.#blockMappingPart(value))
      } else node.content.push(this.#emptyScalar(value))
    }
  }

  #blockMappingPart(indicator: Token): YamlNode {
    const { kind } = this.#scanner.peek()
    const isEmpty = kind === 'key' || kind === 'value' || kind === 'block-end'
    return isEmpty ? this.#emptyScalar(indicator) : this.#node(true, true)
  }

  #flowSequence(node: YamlNode): YamlNode {
    const start = this.#scanner.take()
    for (let first = true; !this.#is('flow-sequence-end'); first = false) {
      if (!first) {
        if (!this.#is('flow-entry'))
          throw parserError("did not find expected ',' or ']'", start, this.#scanner.peek())
        this.#scanner.take()
        if (this.#is('flow-sequence-end')) break
      }
      node.content.push(this.#is('key') ? this.#flowPair() : this.#node(false, false))
    }
    this.#scanner.take()
    return node
  }

  /** `[key: value]`, a mapping with one key. */
  #flowPair(): YamlNode {
    const { offset, line, column } = this.#scanner.take()
    const part = (isEmpty: boolean): YamlNode =>
      isEmpty || this.#is('flow-entry') || this.#is('flow-sequence-end')
        ? this.#emptyScalar(this.#scanner.peek())
        : this.#node(false, false)
    const key = part(this.#is('value'))
    const hasValue = this.#is('value')
    if (hasValue) this.#scanner.take()
    const content = [key, part(!hasValue)]
    const source = this.#source
    return { source, kind: 'mapping', tag: '', value: '', plain: false, content, offset, line, column }
  }

  #flowMapping(node: YamlNode): YamlNode {
    const start = this.#scanner.take()
    for (let first = true; !this.#is('flow-mapping-end'); first = false) {
      if (!first) {
        if (!this.#is('flow-entry'))
          throw parserError("did not find expected ',' or '}'", start, this.#scanner.peek())
        this.#scanner.take()
        if (this.#is('flow-mapping-end')) break
      }
      if (this.#is('key')) {
        this.#scanner.take()
        node.content.push(this.#flowMappingPart(this.#is('value')))
        if (this.#is('value')) {
          this.#scanner.take()
          node.content.push(this.#flowMappingPart(false))
        } else node.content.push(this.#emptyScalar(this.#scanner.peek()))
      } else node.content.push(this.#node(false, false), this.#emptyScalar(this.#scanner.peek()))
    }
    this.#scanner.take()
    return node
  }

  #emptyScalar({ offset, line, column }: Mark): YamlNode {
    const source = this.#source
    return { source, kind: 'scalar', tag: '', value: '', plain: true, content: nothing, offset, line, column }
  }

  #flowMappingPart(isEmpty: boolean): YamlNode {
    const token = this.#scanner.peek()
    return isEmpty || token.kind === 'flow-entry' || token.kind === 'flow-mapping-end'
      ? this.#emptyScalar(token)
      : this.#node(false, false)
  }
}

const shortTag = (tag: string): string => (tag.startsWith(yamlTags) ? `!!${tag.slice(yamlTags.length)}` : tag)
