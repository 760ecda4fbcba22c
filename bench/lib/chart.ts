// Bar charts as SVG, from a template: the same figures give the same bytes.

import { figure } from './table.ts'

export interface Bar {
  readonly label: string
  readonly value: number
  /** Ours, the limit in C, or somebody else's. */
  readonly kind: 'ours' | 'limit' | 'peer'
}

const WIDTH = 980
const LABEL_WIDTH = 500
const VALUE_WIDTH = 70
const ROW_HEIGHT = 24
const TOP = 56
const COLOURS = { ours: '#0b6e4f', limit: '#7a5195', peer: '#9aa5b1' }

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Horizontal bars; shorter is better. */
export function barChart(title: string, unit: string, bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ value }) => value))
  const height = TOP + bars.length * ROW_HEIGHT + 12
  const rows = bars.map(({ label, value, kind }, i) => {
    const y = TOP + i * ROW_HEIGHT
    const length = Math.max(1, Math.round(((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value) / longest))
    return [
      `  <text x="${LABEL_WIDTH - 10}" y="${y + 15}" text-anchor="end">${escaped(label)}</text>`,
      `  <rect x="${LABEL_WIDTH}" y="${y + 3}" width="${length}" height="${ROW_HEIGHT - 8}" rx="2" fill="${COLOURS[kind]}"/>`,
      `  <text x="${LABEL_WIDTH + length + 6}" y="${y + 15}">${figure(value)}</text>`,
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `  <text x="16" y="24" font-size="15" font-weight="600">${escaped(title)}</text>`,
    `  <text x="16" y="42" fill="#52606d">${escaped(unit)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}
