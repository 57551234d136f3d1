import {
  type CodebookRow,
  clinicalCodebook,
  oneHotName,
  orderedName,
  storedName,
} from '../../../pipelines/clinical/index.js';
import type { CategoryField, Level } from '../replies/predict-reply.js';

type CategoryRow = Extract<CodebookRow, { readonly kind: 'category' }>;

/** A category of the clinical table, and which columns stand for it. */
export interface Category {
  readonly row: CategoryRow;
  /** All columns that the pipeline makes of it. */
  readonly columns: readonly string[];
}

/** The categories of the clinical group by each of their columns. */
export function categoriesByColumn(): ReadonlyMap<string, Category> {
  const byColumn = new Map<string, Category>();
  for (const row of clinicalCodebook) {
    if (row.kind !== 'category') continue;
    const columns = [
      ...[...row.categories, ...spelledMissing(row)].map((value) => oneHotName(row.header, value)),
      ...(row.order === undefined ? [] : [orderedName(row.header)]),
    ];
    for (const column of columns) byColumn.set(column, { row, columns });
  }
  return byColumn;
}

/** What is known of one column of a model. */
export interface ColumnFacts {
  readonly range: readonly [number, number] | null;
  readonly typical: number | null;
}

/**
 * A category as one choice, whose levels say what the pipeline would have written into the model's columns.
 * @param known facts of those of its columns that the model has
 */
export function categoryField({ row, columns }: Category, known: ReadonlyMap<string, ColumnFacts>): CategoryField {
  const own = columns.filter((column) => known.has(column));
  const levels = [
    ...row.categories.map((level) => levelOf(row, level, own, known)),
    ...(row.noneWhen === undefined ? [] : [doesNotApply(row, own)]),
    ...spelledMissing(row)
      .filter((value) => own.includes(oneHotName(row.header, value)))
      .map((value) => missingAs(row, value, own)),
  ];
  const typical = levels.find(({ values }) => own.every((column) => values[column] === known.get(column)?.typical));
  return {
    kind: 'category',
    name: storedName(row.header),
    label: row.header,
    description: row.description,
    levels,
    typical: typical?.name ?? null,
    columns: own,
  };
}

function levelOf(
  row: CategoryRow,
  level: string,
  own: readonly string[],
  known: ReadonlyMap<string, ColumnFacts>,
): Level {
  const ownName = oneHotName(row.header, level);
  const values = own.map((column) => {
    if (column === orderedName(row.header)) return [column, row.order?.[level] ?? null] as const;
    return [column, column === ownName ? 1 : 0] as const;
  });
  // Without a column of its own, whether anybody had it cannot be seen.
  const range = known.get(ownName)?.range;
  return { name: level, values: Object.fromEntries(values), seen: range === undefined || range?.[1] === 1 };
}

/** The question does not apply to the patient: none of the categories, and no place in their order. */
function doesNotApply(row: CategoryRow, own: readonly string[]): Level {
  const values = own.map((column) => [column, column === orderedName(row.header) ? null : 0] as const);
  return { name: 'Does not apply', values: Object.fromEntries(values), seen: true };
}

/** Only models that take columns from after surgery, or say who was not asked, have these. */
function missingAs(row: CategoryRow, value: string, own: readonly string[]): Level {
  const ownName = oneHotName(row.header, value);
  const spelled = new Set(spelledMissing(row).map((spelling) => oneHotName(row.header, spelling)));
  const values = own.map((column) => [column, column === ownName ? 1 : spelled.has(column) ? 0 : null] as const);
  return { name: value, values: Object.fromEntries(values), seen: true };
}

function spelledMissing(row: CategoryRow): readonly string[] {
  return row.missing.filter((token) => token.toLowerCase() !== 'n/a');
}
