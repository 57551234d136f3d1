import type { FeatureDefinition, FeatureGroup } from '../../featurestore/contract/index.js';
import { featureGroup } from '../feature-table.js';
import { folded } from './cell-values.js';
import { type CategoryRow, type CodebookRow, clinicalCodebook } from './codebook.js';
import { oneHotName, orderedName, storedName } from './feature-names.js';

/** A one-hot column: which category or which spelling of missing it stands for. */
export interface OneHot {
  readonly name: string;
  readonly value: string;
  readonly of: 'category' | 'missing';
}

/**
 * The one-hot columns of a category, those of its spellings of missing included, in the order of their values (code points).
 * `N/A` has none, because the reference reads it as an empty cell.
 */
export function oneHotsOf(row: CategoryRow): readonly OneHot[] {
  const categories = row.categories.map(
    (value) => ({ name: oneHotName(row.header, value), value, of: 'category' }) as const,
  );
  const missing = row.missing
    .filter((token) => folded(token) !== 'n/a')
    .map((value) => ({ name: oneHotName(row.header, value), value, of: 'missing' }) as const);
  return [...categories, ...missing].sort((a, b) => (a.value < b.value ? -1 : 1));
}

const survivalDefinitions: readonly FeatureDefinition[] = [
  {
    name: 'survival_time_days',
    type: 'double',
    unit: 'd',
    description: 'Days from surgery to death or to the last day known alive',
    role: 'outcome',
  },
  {
    name: 'survival_event',
    type: 'integer',
    unit: '1',
    description: '1 the patient died at survival_time_days, 0 was alive then',
    role: 'outcome',
  },
];

/**
 * The group `clinical`. It follows from the codebook alone, so it is the same for every table.
 * `survivalRule` names the rule of `survivalOf`: another rule is another settings digest.
 */
export function clinicalGroup(): FeatureGroup {
  const definitions = [...clinicalCodebook.flatMap(definitionsOf), ...survivalDefinitions];
  return featureGroup('clinical', definitions, { survivalRule: 'surgery to date of death, else to last known alive' });
}

function definitionsOf(row: CodebookRow): readonly FeatureDefinition[] {
  const { role, description } = row;
  const reference = `NSCLC-Radiogenomics column "${row.header}"`;
  const name = storedName(row.header);
  switch (row.kind) {
    case 'identifier':
      return [];
    case 'number':
      return [{ name, type: 'double', unit: row.unit, description, role, reference }];
    case 'date':
      return [{ name, type: 'timestamp', unit: 'ms', description, role, reference }];
    case 'status':
      return [{ name, type: 'integer', unit: '1', description, role, reference }];
    case 'category': {
      const raw = { name, type: 'string', unit: '1', description, role: 'metadata', reference } as const;
      return [raw, ...oneHotsOf(row).map((oneHot) => oneHotDefinition(row, oneHot)), ...orderedDefinition(row)];
    }
  }
}

/** The number of a category that has an order; none for the others. */
function orderedDefinition({ header, order, description, role }: CategoryRow): readonly FeatureDefinition[] {
  if (order === undefined) return [];
  const scale = Object.entries(order).map(([value, place]) => `${place} ${value}`);
  return [
    {
      name: orderedName(header),
      type: 'double',
      unit: '1',
      description: `${description} as a number: ${scale.join('; ')}`,
      role,
      reference: `NSCLC-Radiogenomics column "${header}"`,
    },
  ];
}

function oneHotDefinition(row: CategoryRow, { name, value, of }: OneHot): FeatureDefinition {
  return {
    name,
    type: 'integer',
    unit: '1',
    description: of === 'category' ? `${row.description}: ${value}` : `${row.description}: recorded as "${value}"`,
    role: of === 'category' ? row.role : 'metadata',
    reference: `NSCLC-Radiogenomics column "${row.header}"`,
  };
}
