import { readFileSync } from 'node:fs';
import type { ManifestDraft } from '../../training/bundle/folder.js';
import type { BundleManifest, Member, ModelBundle, Step } from '../../training/bundle/index.js';

/** `chain.json`: a chain fitted and applied by scikit-learn and XGBoost (bench/peers/predict-chain.py). */
interface RecordedChain {
  readonly columns: readonly { readonly group: string; readonly feature: string }[];
  readonly steps: readonly Step[];
  readonly ranges: BundleManifest['ranges'];
  readonly rows: readonly (readonly (number | null)[])[];
  readonly probabilities: readonly number[];
  readonly model: unknown;
}

export const chain = JSON.parse(readFileSync(new URL('chain.json', import.meta.url), 'utf8')) as RecordedChain;

/** The recorded chain as a bundle, for tests. */
export function chainBundle(changed: Partial<BundleManifest> = {}, member: Partial<Member> = {}): ModelBundle {
  const pca = chain.steps.find((step) => step.kind === 'pca');
  const manifest: BundleManifest = {
    formatVersion: 2,
    modelId: 'recorded-chain',
    task: { kind: 'status' },
    recipe: 'default',
    columns: chain.columns.map((column) => ({ ...column, version: 1, role: 'feature', unit: '1' })),
    ranges: chain.ranges,
    members: [
      {
        name: 'all',
        weight: 1,
        steps: chain.steps,
        inputs: pca?.components.map((_, i) => `PC${i + 1}`) ?? [],
        model: { kind: 'booster', file: 'model.json', sha256: '00' },
        ...member,
      },
    ],
    answer: { kind: 'probability', slope: 1, intercept: 0 },
    threshold: 0.5,
    riskGroups: null,
    chosen: {},
    trainedOn: { datasetDigest: '00', patients: 150, events: 75, modalities: ['genomic', 'clinical', 'imaging'], seed: 7 },
    metrics: { auc: { value: 0.8, low: 0.7, high: 0.9 } },
    baseline: { auc: { value: 0.5, low: 0.5, high: 0.5 } },
    warnings: [],
    lineage: { groups: [], thoracleVersion: '0.1.0', xgboostVersion: '3.2.0' },
    ...changed,
  };
  return { manifest, boosters: { 'model.json': chain.model } };
}

/** The recorded chain as it was before it was sealed. */
export function chainDraft(changed: Partial<BundleManifest> = {}): ManifestDraft {
  const { formatVersion: _version, modelId: _id, members, ...draft } = chainBundle(changed).manifest;
  return { ...draft, members: members.map((one) => ({ ...one, model: { kind: 'booster', json: chain.model } })) };
}

/** The recorded rows by column name, missing left out. */
export function chainRecords(): readonly Readonly<Record<string, number>>[] {
  return chain.rows.map((row) =>
    Object.fromEntries(row.flatMap((v, c) => (v === null ? [] : [[chain.columns[c]?.feature ?? '', v] as const]))),
  );
}

/** Row-major, NaN = missing. */
export function chainRows(): Float64Array {
  return Float64Array.from(chain.rows.flat(), (v) => v ?? Number.NaN);
}
