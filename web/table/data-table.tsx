import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type Cell, csvText } from './csv-text.js';
import { saveFile } from './save-file.js';
import { type Order, sortRows } from './sort-rows.js';

/** One column of a table of `T`. */
export interface Column<T> {
  readonly key: string;
  /** With the unit, where there is one. */
  readonly title: string;
  readonly value: (row: T) => Cell;
  /** What is shown instead of the value. */
  readonly show?: (row: T) => ComponentChildren;
  /** Digits after the point; default: as the number is. */
  readonly digits?: number;
}

/** What a table shows. */
export interface DataTableProps<T> {
  /** Names the table to those who cannot see it, and its file. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly order?: Order;
  /** Rows on one page of the table. Default 50. */
  readonly pageSize?: number;
  /** Said where there is no row. */
  readonly empty?: string;
}

/** A table that can be sorted, searched and exported, with the keyboard too. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowKey, pageSize = 50, empty = 'No rows.' } = props;
  const [order, setOrder] = useState<Order | undefined>(props.order);
  const [words, setWords] = useState('');
  const [page, setPage] = useState(0);
  const found = useMemo(() => filterRows(rows, columns, words), [rows, columns, words]);
  const sorted = useMemo(() => {
    const column = columns.find(({ key }) => key === order?.key);
    return column === undefined || order === undefined ? found : sortRows(found, column.value, order.direction);
  }, [found, columns, order]);
  const pageCount = Math.max(1, Math.ceil(sorted.length / pageSize));
  const at = Math.min(page, pageCount - 1);
  const save = () => {
    const cells = sorted.map((row) => columns.map(({ value }) => value(row)));
    saveFile(
      `${caption.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`,
      'text/csv',
      csvText(
        columns.map(({ title }) => title),
        cells,
      ),
    );
  };
  return (
    <div class="table-frame">
      <div class="table-tools">
        <label>
          <span class="unseen">Search in {caption}</span>
          <input
            type="search"
            placeholder="Search"
            value={words}
            onInput={({ currentTarget }) => {
              setWords(currentTarget.value);
              setPage(0);
            }}
          />
        </label>
        <span class="count" aria-live="polite">
          {sorted.length === rows.length
            ? `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`
            : `${sorted.length} of ${rows.length} rows`}
        </span>
        <button type="button" onClick={save}>
          CSV<span class="unseen"> of {caption}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section class="table-scroll" aria-label={caption} tabIndex={0}>
        <table>
          <caption class="unseen">{caption}</caption>
          <Head columns={columns} rows={rows} order={order} onOrder={setOrder} />
          <tbody>
            {sorted.slice(at * pageSize, (at + 1) * pageSize).map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((column) => (
                  <BodyCell key={column.key} column={column} row={row} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {sorted.length === 0 && <p class="empty">{empty}</p>}
      </section>
      {pageCount > 1 && <Pages at={at} count={pageCount} caption={caption} onPage={setPage} />}
    </div>
  );
}

function Head<T>({
  columns,
  rows,
  order,
  onOrder,
}: {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly order: Order | undefined;
  readonly onOrder: (order: Order) => void;
}) {
  return (
    <thead>
      <tr>
        {columns.map(({ key, title, value }) => {
          // Numbers stand to the right, and their title above them.
          const first = rows.find((row) => value(row) !== null);
          const isNumber = first !== undefined && typeof value(first) === 'number';
          const now = order?.key === key ? order.direction : 'none';
          return (
            <th key={key} scope="col" aria-sort={now} class={isNumber ? 'number' : undefined}>
              <button
                type="button"
                onClick={() => onOrder({ key, direction: now === 'ascending' ? 'descending' : 'ascending' })}
              >
                {title}
                <span aria-hidden="true">{now === 'ascending' ? ' ▲' : now === 'descending' ? ' ▼' : ''}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function BodyCell<T>({ column, row }: { readonly column: Column<T>; readonly row: T }) {
  const value = column.value(row);
  const shown = column.show?.(row) ?? cellText(value, column.digits);
  return <td class={typeof value === 'number' ? 'number' : undefined}>{shown}</td>;
}

function cellText(value: Cell, digits: number | undefined): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  if (digits !== undefined) return value.toFixed(digits);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function Pages({
  at,
  count,
  caption,
  onPage,
}: {
  readonly at: number;
  readonly count: number;
  readonly caption: string;
  readonly onPage: (page: number) => void;
}) {
  return (
    <nav class="table-pages" aria-label={`Parts of ${caption}`}>
      <button type="button" disabled={at === 0} onClick={() => onPage(at - 1)}>
        Previous
      </button>
      <span>
        {at + 1} of {count}
      </span>
      <button type="button" disabled={at === count - 1} onClick={() => onPage(at + 1)}>
        Next
      </button>
    </nav>
  );
}

/** Rows of which some cell holds every one of the words. */
function filterRows<T>(rows: readonly T[], columns: readonly Column<T>[], words: string): readonly T[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const text = columns.map(({ value }) => String(value(row) ?? '').toLowerCase());
    return wanted.every((word) => text.some((cell) => cell.includes(word)));
  });
}
