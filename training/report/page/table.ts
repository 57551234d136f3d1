import { type Html, html, nothing } from './html.js';

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly (string | Html)[])[];
  /** Columns, from 0, set in figures: aligned to the right. */
  readonly figures?: readonly number[];
}

/** A table with caption and header cells, which screen readers need. */
export function table({ caption, head, rows, figures = [] }: Table): Html {
  const align = (column: number): Html => (figures.includes(column) ? html` class="figure"` : nothing);
  const headings = head.map((text, c) => html`<th scope="col"${align(c)}>${text}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, c) =>
      c === 0 ? html`<th scope="row"${align(c)}>${cell}</th>` : html`<td${align(c)}>${cell}</td>`,
    );
    return html`<tr>${cells}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${headings}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

/** A table folded away under a line that says what it holds. */
export function foldedTable(summary: string, content: Table): Html {
  return html`<details><summary>${summary}</summary>${table(content)}</details>`;
}

/** The first entries of a long list, with a last row that says how many more there are. */
export function capped(rows: Table['rows'], most: number): Table['rows'] {
  if (rows.length <= most) return rows;
  const width = rows[0]?.length ?? 1;
  const more = [`… and ${rows.length - most} more (all of them in the JSON report)`];
  return [...rows.slice(0, most), [...more, ...Array<string>(width - 1).fill('')]];
}
