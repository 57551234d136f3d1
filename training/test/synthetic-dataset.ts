import type { Dataset, DatasetColumn, StoredGroup } from '../../featurestore/contract/index.js';
import { seededDraw } from '../evaluate/index.js';

export interface SyntheticOptions {
  readonly patients: number;
  readonly seed: number;
  /** How strongly the latent factor decides the outcome; 0 = not at all. */
  readonly signal: number;
  /** Columns of the genomic, clinical and imaging group. */
  readonly columns?: readonly [number, number, number];
}

/**
 * A dataset for tests: one latent factor per modality is spread over half of its columns, their mean decides who dies.
 * Genomic columns are positive (exponentials); every seventh patient has no imaging record, every twentieth value is missing.
 */
export function syntheticDataset(options: SyntheticOptions): Dataset {
  const { patients, signal, columns: counts = [20, 12, 30] } = options;
  const normal = gaussian(options.seed);
  const names = ['genomic', 'clinical', 'imaging'] as const;
  const columns = names.flatMap((group, g) => Array.from({ length: counts[g] ?? 0 }, (_, j) => column(group, j)));
  const values = new Float64Array(patients * columns.length).fill(Number.NaN);
  const present = new Uint8Array(patients * 3).fill(1);
  const outcomes = Array.from({ length: patients }, (_, i) => {
    const factors = names.map(() => normal());
    if (i % 7 === 3) present[i * 3 + 2] = 0;
    for (const [j, { group, feature }] of columns.entries()) {
      const g = names.indexOf(group as (typeof names)[number]);
      const own = Number(feature.split('_')[1]) % 2 === 0 ? (factors[g] as number) : 0;
      const value = own + 0.7 * normal();
      if (present[i * 3 + g] === 0 || (i * 31 + j * 17) % 20 === 0) continue;
      values[i * columns.length + j] = group === 'genomic' ? Math.exp(2 + value) : value;
    }
    const risk = signal * factors.reduce((sum, factor) => sum + factor, 0) + normal();
    return { patientId: idOf(i), timeDays: Math.round(1500 * Math.exp(-0.4 * risk)), event: risk > 0.4 };
  });
  return {
    spec: {
      groups: names.map((name) => ({ name, version: 1 })),
      join: 'full',
      outcome: { group: 'clinical', timeDays: 'survival_time_days', event: 'survival_event' },
    },
    patientIds: outcomes.map(({ patientId }) => patientId),
    columns,
    values,
    outcomes,
    present,
    excluded: [{ group: 'clinical', feature: 'Recurrence_yes', role: 'post-baseline' }],
    leftOut: [],
    digest: `synthetic-${JSON.stringify(options)}`,
  };
}

/** The groups of `syntheticDataset`, with some columns that are no features. */
export const syntheticGroups: readonly StoredGroup[] = ['genomic', 'clinical', 'imaging'].map((name) => ({
  name,
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  recordCount: 1,
  settings: { description: '', owner: '', tags: {}, online: true, offline: true },
  recordIdentifier: 'case_id',
  eventTime: 'event_time',
  settingsDigest: '0'.repeat(64),
  definitions:
    name === 'clinical'
      ? (
          [
            ['survival_time_days', 'double', 'outcome'],
            ['survival_event', 'integer', 'outcome'],
            ['SurvivalStatus', 'integer', 'label'],
            ['TimetoDeathdays', 'double', 'outcome'],
            ['QuitSmokingYear', 'double', 'metadata'],
            ['CTDate', 'timestamp', 'metadata'],
            ['Recurrence', 'string', 'metadata'],
            ['Recurrence_yes', 'integer', 'post-baseline'],
            ['Recurrence_Notcollected', 'integer', 'metadata'],
            ['Gender_Male', 'integer', 'feature'],
          ] as const
        ).map(([column_, type, role]) => ({ name: column_, type, role, unit: '1', description: column_ }))
      : [],
}));

function column(group: string, j: number): DatasetColumn {
  return { group, version: 1, feature: `${group}_${j}`, role: 'feature', unit: '1' };
}

function idOf(i: number): string {
  return `R01-${String(i + 1).padStart(3, '0')}`;
}

/** Standard normal draws by Box and Muller's transform. */
function gaussian(seed: number): () => number {
  const draw = seededDraw(seed, 'synthetic');
  const uniform = () => (draw(2 ** 30) + 0.5) / 2 ** 30;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
