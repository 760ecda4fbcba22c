// Guards of the core, as its sources mark them. A comment "GUARD(name)" is about the line of code below it, or the one at whose end it stands:
//
//   // GUARD(name): why                  without it: the statement that begins there is gone, or, if none does, that line
//   // GUARD(name) without: code         without it: that line is this code
//
// Several may stand above one line; each is tried by itself.
import ts from 'typescript'

const TAG = /\/\/ GUARD\(([\w-]+)\)(?:: .*?)?(?: without: (.*))?$/
const COMMENT = /^\s*\/\//

/** @typedef {{ name: string, without: string }} Guard `without`: the whole source without it. */

/**
 * The guards of one source file.
 * @param {string} source
 * @returns {Guard[]}
 */
export function guardsOf(source) {
  const lines = source.split('\n')
  const lastLineOf = statementEnds(source)
  return lines.flatMap((line, i) => {
    const [tag, name, code] = TAG.exec(line) ?? []
    if (!tag) return []
    const first = COMMENT.test(line) ? lines.findIndex((text, at) => at > i && !COMMENT.test(text)) : i
    const last = code === undefined ? (lastLineOf.get(first) ?? first) : first
    // Code that is gone leaves a semicolon: it may have been the one statement below an `if`.
    const instead = code ?? (lastLineOf.has(first) ? ';' : '')
    return [{ name, without: lines.toSpliced(first, last - first + 1, instead).join('\n') }]
  })
}

/** Of each line on which a statement begins: the line on which the longest such statement ends. AssemblyScript reads as TypeScript here. */
function statementEnds(source) {
  const file = ts.createSourceFile('core.ts', source, ts.ScriptTarget.Latest, true)
  const lineAt = (position) => file.getLineAndCharacterOfPosition(position).line
  const ends = new Map()
  const visit = (node) => {
    const begin = node.getStart(file)
    const isFirst = /^\s*$/.test(source.slice(file.getPositionOfLineAndCharacter(lineAt(begin), 0), begin))
    if (ts.isStatement(node) && !ts.isBlock(node) && isFirst && !ends.has(lineAt(begin))) ends.set(lineAt(begin), lineAt(node.getEnd()))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return ends
}
