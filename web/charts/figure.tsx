import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { type Cell, csvText } from '../table/csv-text.js';
import { DataTable } from '../table/data-table.js';
import { saveFile } from '../table/save-file.js';
import { standAloneSvg } from './stand-alone-svg.js';

/** The numbers that a picture is drawn from: shown beside it, and exported. */
export interface FigureNumbers {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What frames a picture. */
export interface FigureProps {
  readonly title: string;
  /** What is drawn and what it shows, for a person who cannot see it. */
  readonly description: string;
  readonly numbers: FigureNumbers;
  /** Pixels of the drawing; the page scales it. */
  readonly width: number;
  readonly height: number;
  readonly children: ComponentChildren;
}

/** A picture with its title, its numbers, and both as files. */
export function Figure({ title, description, numbers, width, height, children }: FigureProps) {
  const id = useId();
  const svg = useRef<SVGSVGElement>(null);
  const file = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const rows = numbers.rows.map((cells, index) => ({ cells, index }));
  return (
    <figure class="figure">
      <figcaption>{title}</figcaption>
      <svg
        ref={svg}
        role="img"
        aria-labelledby={`${id}-t ${id}-d`}
        viewBox={`0 0 ${width} ${height}`}
        style={{ maxWidth: `${width}px` }}
      >
        <title id={`${id}-t`}>{title}</title>
        <desc id={`${id}-d`}>{description}</desc>
        {children}
      </svg>
      <div class="figure-tools">
        <button
          type="button"
          onClick={() => svg.current !== null && saveFile(`${file}.svg`, 'image/svg+xml', standAloneSvg(svg.current))}
        >
          SVG<span class="unseen"> of {title}</span>
        </button>
        <button
          type="button"
          onClick={() => saveFile(`${file}.csv`, 'text/csv', csvText(numbers.titles, numbers.rows))}
        >
          CSV<span class="unseen"> of {title}</span>
        </button>
        <details>
          <summary>
            Numbers<span class="unseen"> of {title}</span>
          </summary>
          <DataTable
            caption={`Numbers of ${title}`}
            columns={numbers.titles.map((name, column) => ({
              key: String(column),
              title: name,
              value: (row: (typeof rows)[number]) => row.cells[column] ?? null,
            }))}
            rows={rows}
            rowKey={({ index }) => String(index)}
            pageSize={20}
          />
        </details>
      </div>
    </figure>
  );
}
