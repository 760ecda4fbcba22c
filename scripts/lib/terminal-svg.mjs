// Lines of a terminal, with their colours (SGR, ECMA-48 section 8.3.117), as an SVG that needs no font of its own.

const CELL = { width: 8.4, height: 18 }
const MARGIN = 12
const GROUND = '#14171a'
const TEXT = '#e8eaed'
const COLOURS = ['#5b6470', '#ff8a80', '#8bd17c', '#e0b04c', '#8ec5ff', '#d7a6ff', '#7fd7d7', '#e8eaed']

/** Select Graphic Rendition: a list of codes. */
const ESCAPE = String.fromCharCode(27)
const CODES = new RegExp(`${ESCAPE}\\[([\\d;]*)m`, 'g')

/** Blanks that stay: SVG joins ordinary ones. */
const escaped = (text) =>
  text.replaceAll(' ', '\u00a0').replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character])

/** Runs of one style. The style goes on from line to line. */
function runsOf(line, style) {
  const runs = []
  // What CODES captures comes between the texts.
  line.split(CODES).forEach((part, i) => {
    if (i % 2 === 1) for (const code of part.split(';').map(Number)) apply(code, style)
    else if (part !== '') runs.push({ text: part, ...style })
  })
  return runs
}

function apply(code, style) {
  if (code === 0) Object.assign(style, { colour: undefined, bold: false, dim: false, inverse: false })
  else if (code === 1) style.bold = true
  else if (code === 2) style.dim = true
  else if (code === 7) style.inverse = true
  else if (code === 22) Object.assign(style, { bold: false, dim: false })
  else if (code === 27) style.inverse = false
  else if (code >= 30 && code <= 37) style.colour = COLOURS[code - 30]
  else if (code >= 90 && code <= 97) style.colour = COLOURS[code - 90]
  else if (code === 39) style.colour = undefined
}

/** @param {string} title what a screen reader says @param {string[]} lines @param {number} columns */
export function terminalSvg(title, lines, columns) {
  const used = lines.findLastIndex((line) => line.replace(CODES, '').trim() !== '') + 1
  const [width, height] = [columns * CELL.width + 2 * MARGIN, used * CELL.height + 2 * MARGIN]
  const style = { colour: undefined, bold: false, dim: false, inverse: false }
  const drawn = lines.slice(0, used).map((line, i) => {
    const y = MARGIN + i * CELL.height
    let column = 0
    return runsOf(line, style).map(({ text, colour = TEXT, bold, dim, inverse }) => {
      const [x, length] = [MARGIN + column * CELL.width, text.length * CELL.width]
      column += text.length
      const ground = inverse
        ? `<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="${CELL.height}" fill="${colour}"/>`
        : ''
      if (text.trim() === '') return ground
      const look = `fill="${inverse ? GROUND : colour}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}`
      return `${ground}<text x="${x.toFixed(1)}" y="${y + 13}" textLength="${length.toFixed(1)}" lengthAdjust="spacingAndGlyphs" ${look}>${escaped(text)}</text>`
    })
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" width="${width.toFixed(0)}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title><rect width="100%" height="100%" rx="8" fill="${GROUND}"/>
<g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">
${drawn.flat().filter(Boolean).join('\n')}
</g></svg>
`
}
