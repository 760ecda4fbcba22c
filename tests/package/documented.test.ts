// What an editor shows of the package: every name of its surface has a comment; functions that can fail say with what; times and sizes have a
// unit, in the name or in the comment.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, inject, it } from 'vitest'

const home = join(inject('installed'), 'node_modules/mprtap')
const sources = ['index', 'testing', 'sinks'].map((name) => {
  const file = `build/${name}.d.ts`
  return ts.createSourceFile(file, readFileSync(join(home, file), 'utf8'), ts.ScriptTarget.Latest, true)
})

const comment = (node: ts.Node) =>
  ts
    .getJSDocCommentsAndTags(node)
    .map((part) => part.getText())
    .join('\n')

interface Named {
  readonly name: string
  readonly node: ts.Node
}
const exported: Named[] = sources.flatMap((source) =>
  source.statements.flatMap((node) => {
    if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => ({ name: name.getText(), node }))
    const name = (node as ts.DeclarationStatement).name?.getText()
    return name === undefined ? [] : [{ name, node }]
  }),
)
const members: Named[] = exported.flatMap(({ name, node }) =>
  ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)
    ? [...node.members].map((member) => ({ name: `${name}.${member.name?.getText() ?? 'constructor'}`, node: member }))
    : [],
)

it('every exported name has a comment', () => {
  expect(exported.length).toBeGreaterThan(100)
  expect(exported.filter(({ node }) => comment(node) === '').map(({ name }) => name)).toEqual([])
})

/** Functions that cannot fail on any argument that compiles. Every other one has @throws. */
const CANNOT_FAIL = ['all', 'any', 'not', 'field', 'explainStatus', 'statusName', 'notificationJson', 'operationJson', 'generateTraffic']

it('a function that can fail says with what', () => {
  const functions = exported.filter(({ node, name }) => ts.isFunctionDeclaration(node) && !CANNOT_FAIL.includes(name))
  // Overloads share the comment of the first.
  const told = new Set(functions.filter(({ node }) => comment(node).includes('@throws')).map(({ name }) => name))
  expect(functions.map(({ name }) => name).filter((name) => !told.has(name))).toEqual([])
  expect(functions.map(({ name }) => name)).toContain('openTap')
})

describe('times and sizes', () => {
  const measures = /(duration|time|delay|interval|age|timeout|size|bytes|linger|every)s?(Ms|Ns|Bytes|Log2)?$/i
  const isNumber = ({ node }: Named) =>
    (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && /\b(number|bigint)\b/.test(node.type?.getText() ?? '')
  const unit = /(Ms|Ns|Bytes|Log2)$|\bms\b|millisecond|\bseconds?\b|\bns\b|nanosecond|FILETIME|\bbytes?\b|[KM]i?B\b|log2|ticks|slots/i

  it.each(members.filter((member) => isNumber(member) && measures.test(member.name.split('.')[1]!)))(
    '$name has a unit',
    ({ name, node }) => {
      const around = comment(node.parent)
      expect(
        [name, comment(node), around].some((text) => unit.test(text)),
        `${name}: ${comment(node)}`,
      ).toBe(true)
    },
  )
})
