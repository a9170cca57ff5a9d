/** Go's `filepath.Match` as an expression: `*` and `?` stop at slashes, `[…]` is a class. A faulty pattern matches nothing. */
export const globExpression = (pattern: string): RegExp => {
  let source = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at)
    if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) return /$^/
      source += `[${pattern.slice(at + 1, end).replaceAll('\\', '\\\\')}]`
      at = end
    } else {
      if (character === '\\') at += 1
      source += pattern.charAt(at).replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    }
  }
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return /$^/
  }
}
