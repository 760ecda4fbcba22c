/** The page's one script: sorting, filtering and zooming. Everything can be read without it. */
export const SCRIPT = `
document.documentElement.classList.add('script')
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0]
  table.querySelectorAll('thead th').forEach((head, column) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = head.textContent
    if (!button.textContent) return
    head.textContent = ''
    head.append(button)
    button.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') === 'descending'
      for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
      const value = (row) => { const cell = row.cells[column]; return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value) }
      const rows = [...body.rows].sort((a, b) => { const x = value(a), y = value(b); return typeof x === 'number' ? x - y : x.localeCompare(y) })
      body.append(...(up ? rows : rows.reverse()))
    })
  })
}
for (const input of document.querySelectorAll('input[data-filters]')) {
  const table = document.getElementById(input.dataset.filters)
  const told = document.getElementById(input.dataset.filters + '-told')
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase()
    let shown = 0
    for (const row of table.tBodies[0].rows) { row.hidden = !row.textContent.toLowerCase().includes(wanted); if (!row.hidden) shown++ }
    told.textContent = wanted ? shown + ' of ' + table.tBodies[0].rows.length + ' rows' : ''
  })
}
for (const figure of document.querySelectorAll('.waterfall')) {
  const charts = figure.querySelectorAll('svg.bars')
  const reset = figure.querySelector('button.whole')
  const zoom = (from, width) => { for (const chart of charts) chart.setAttribute('viewBox', from + ' 0 ' + width + ' 18'); reset.disabled = width === 1000 }
  if (!reset) continue
  reset.addEventListener('click', () => zoom(0, 1000))
  for (const cell of figure.querySelectorAll('td[data-from]')) {
    const from = Number(cell.dataset.from), width = Math.max(Number(cell.dataset.width), 1)
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'zoom'
    button.title = 'Zoom to this row'
    button.textContent = cell.textContent
    button.addEventListener('click', () => zoom(Math.max(0, from - width * 0.1), width * 1.2))
    cell.replaceChildren(button)
  }
  figure.addEventListener('keydown', (event) => { if (event.key === 'Escape') zoom(0, 1000) })
}
`
