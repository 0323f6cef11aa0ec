/**
 * The layout `letter` in Typst: letterhead with the brand's logo words and address, page x of y in the footer, blocks of the document
 * model in between. Its only input is JSON in `sys.inputs.data`, so no text of a user ever becomes Typst code.
 */
export const letterLayout = String.raw`
#let data = json(bytes(sys.inputs.data))
#let brand = data.brand
#let colour = rgb(brand.colour)
#let accent = rgb(brand.accent)

#set document(title: data.title, author: brand.name)
#set text(lang: data.language, dir: if data.direction == "rtl" { rtl } else { ltr }, font: data.fonts, fallback: false, size: 10.5pt, hyphenate: false)
#set par(leading: 0.68em, spacing: 1.1em)
#set page(
  paper: "a4",
  margin: (top: 34mm, bottom: 26mm, left: 25mm, right: 22mm),
  header: [
    #grid(
      columns: (1fr, auto),
      align: (start + horizon, end + horizon),
      text(size: 17pt, weight: "bold", fill: colour)[#brand.logo],
      text(size: 7.5pt, fill: luma(90))[#brand.addressLines.join(linebreak())],
    )
    #v(-4pt)
    #line(length: 100%, stroke: 1pt + accent)
  ],
  header-ascent: 20%,
  footer: context [
    #set text(size: 7.5pt, fill: luma(90))
    #grid(
      columns: (1fr, auto),
      align: (start + top, end + top),
      brand.footer,
      [#data.words.page #counter(page).display() #data.words.of #counter(page).final().first()],
    )
  ],
)
#show heading: set text(fill: colour)
#show heading: set block(above: 1.3em, below: 0.8em)
#show link: it => underline(text(fill: colour, it))
#show raw: set text(font: ("DejaVu Sans Mono",) + data.fonts, size: 9pt)

#let inline(parts) = {
  []
  for part in parts {
    if part.kind == "text" { part.text }
    else if part.kind == "strong" { strong(inline(part.content)) }
    else if part.kind == "emphasis" { emph(inline(part.content)) }
    else if part.kind == "code" { raw(part.text) }
    else if part.kind == "link" { link(part.href, inline(part.content)) }
    else if part.kind == "break" { linebreak() }
  }
}

#let columnAlign(name) = if name == "right" { end } else if name == "center" { center } else { start }

#let blocks(all) = {
  []
  for each in all {
    if each.kind == "heading" { heading(level: each.level, inline(each.content)) }
    else if each.kind == "paragraph" { par(inline(each.content)) }
    else if each.kind == "list" and each.ordered { enum(start: each.start, ..each.items.map(item => blocks(item))) }
    else if each.kind == "list" { list(..each.items.map(item => blocks(item))) }
    else if each.kind == "quote" { quote(block: true, blocks(each.content)) }
    else if each.kind == "code" { raw(block: true, each.text) }
    else if each.kind == "rule" { line(length: 100%, stroke: 0.5pt + luma(160)) }
    else if each.kind == "table" {
      table(
        columns: each.header.len(),
        align: (column, row) => columnAlign(each.align.at(column, default: "left")),
        stroke: (x, y) => (bottom: if y == 0 { 1pt + colour } else { 0.4pt + luma(190) }),
        inset: (x: 5pt, y: 5pt),
        table.header(..each.header.map(cell => strong(inline(cell)))),
        ..each.rows.map(row => row.map(cell => inline(cell))).flatten(),
      )
    }
  }
}

#blocks(data.blocks)
`;
