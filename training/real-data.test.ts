import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureStore, openDuckDbStore } from '../featurestore/index.js';
import { clinicalStage } from '../pipelines/clinical/index.js';
import { genomicStage } from '../pipelines/genomic/index.js';
import { radiomicsTableStage } from '../pipelines/imaging/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import {
  datasetSpecFor,
  loadNativeLibrary,
  parseModalities,
  type RecipeName,
  type TrainResult,
  train,
} from './index.js';
import { referenceCases, worstDifference } from './test/reference.js';

describe.skipIf(!hasSharedData)(`the real tables of NSCLC-Radiogenomics ${needsSharedData}`, () => {
  let store: FeatureStore;
  beforeAll(async () => {
    store = await openDuckDbStore({ file: ':memory:' });
    const file = (name: string) => ({ file: sharedData(`nsclc-radiogenomics/${name}`) });
    const results = [
      await clinicalStage.run(file('NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv'), {}),
      await genomicStage.run(file('GSE103584_R01_NSCLC_RNAseq.subset140.txt'), { genes: 'metagenes' }),
      await radiomicsTableStage.run(file('pyradiomics_original_features_60_patients.csv'), {}),
    ];
    for (const { table } of results) await store.ingest(table);
  });
  afterAll(() => store.close());

  async function trained(text: string, recipe: RecipeName): Promise<TrainResult> {
    const groups = await store.listGroups();
    const modalities = parseModalities(text);
    return train(await store.dataset(datasetSpecFor(modalities, recipe, groups)), {
      recipe,
      seed: 0,
      modalities,
      groups,
    });
  }

  test('default, all three: 211 patients, 60 of them complete, and no column but features', async () => {
    const { json, bundle } = await trained('genomic,clinical,imaging', 'components');
    expect(json.dataset).toMatchObject({ patients: 211, events: 63, complete: 60, incomplete: 151 });
    expect(json.dataset.perModality.map(({ patients }) => patients)).toEqual([130, 211, 60]);
    expect(new Set(bundle.manifest.columns.map(({ role }) => role))).toEqual(new Set(['feature']));
    const inputs = bundle.manifest.columns.map(({ feature }) => feature);
    expect(inputs.filter((name) => /Recurrence|Treatment|Chemo|Radiation|Death|surviv/i.test(name))).toEqual([]);
    const excluded = json.excluded.map(({ column }) => column);
    expect(excluded).toEqual(
      expect.arrayContaining(['TimetoDeathdays', 'Recurrence_yes', 'survival_event', 'SurvivalStatus']),
    );
    for (const name of Object.keys(json.metrics)) expect(json.baseline).toHaveProperty(name);
  });

  test('reference: its 119 patients, its leaky columns in and named', async () => {
    const { json, bundle } = await trained('genomic-clinical-imaging', 'reference');
    expect(json.dataset).toMatchObject({ patients: 119, events: 42, complete: 56 });
    expect(json.warnings[0]).toMatch(/^Leaky columns .*Recurrence_yes.*TimetoDeathdays/);
    const inputs = bundle.manifest.columns.map(({ feature }) => feature);
    expect(inputs).toEqual(
      expect.arrayContaining(['TimetoDeathdays', 'Chemotherapy_Yes', 'PathologicalTstage_NotCollected']),
    );
    for (const never of ['survival_event', 'survival_time_days', 'SurvivalStatus', 'QuitSmokingYear', 'event_time']) {
      expect(inputs).not.toContain(never);
    }
  });

  describe('done again with pandas, scikit-learn and Python XGBoost from the raw tables', () => {
    interface Again {
      readonly reference: {
        readonly boosted: readonly string[];
        readonly validated: readonly string[];
        readonly test: readonly string[];
        readonly features: readonly string[];
        readonly deaths: number;
        readonly components: number;
        readonly explainedVarianceRatio: readonly number[];
        readonly probability: readonly number[];
      };
      readonly default: { readonly patients: number; readonly rocAuc: number; readonly brier: number };
    }
    const again = referenceCases<Again>('recipes.json');
    const sameLibrary = loadNativeLibrary().version.startsWith('3.2.');

    test('reference: same patients, columns, components and, on the same split, probabilities', async () => {
      const { reference } = again;
      const { json, bundle, reportData } = await trained('genomic,clinical,imaging', 'reference');
      const scored = reportData.scored.map(({ patientId }) => patientId);
      expect(scored).toEqual(reference.test);
      expect(json.model.trainedOn).toBe(reference.boosted.length + reference.validated.length);
      expect(json.dataset.patients).toBe(json.model.trainedOn + reference.test.length);
      expect(json.dataset.events).toBe(reference.deaths);

      const inputs = bundle.manifest.columns.map(({ feature }) => feature);
      expect(inputs.filter((name) => reference.features.includes(name)).sort()).toEqual([...reference.features].sort());
      const ours = bundle.manifest.columns.flatMap(({ feature }, j) =>
        reference.features.includes(feature) ? [] : [j],
      );
      // Categories that no R01 patient has: columns of zeros, which weigh nothing in any component.
      for (const j of ours) expect(bundle.manifest.ranges[j] ?? [0, 0]).toEqual([0, 0]);

      expect(bundle.manifest.members[0]?.inputs).toHaveLength(reference.components);
      expect(
        worstDifference(reportData.pca?.explainedVarianceRatio ?? [], reference.explainedVarianceRatio),
      ).toBeLessThan(1e-10);
      // Plain trees without draws of rows or columns: the same in every version, but for float32 rounding.
      const probability = reportData.scored.map((patient) => patient.probability);
      expect(worstDifference(probability, reference.probability)).toBeLessThan(1e-6);
    });

    test.skipIf(!sameLibrary)('default: cross-validated scores on the same folds [needs XGBoost 3.2]', async () => {
      const { json } = await trained('genomic,clinical,imaging', 'components');
      expect(json.dataset.patients).toBe(again.default.patients);
      expect(json.metrics.rocAuc?.value).toBeCloseTo(again.default.rocAuc, 9);
      expect(json.metrics.brier?.value).toBeCloseTo(again.default.brier, 6);
    });
  });

  test('one modality alone takes its outcome from the clinical group', async () => {
    const { json, bundle } = await trained('imaging', 'components');
    expect(json.dataset).toMatchObject({ patients: 60, events: 21, complete: 60, incomplete: 0 });
    expect(bundle.manifest.lineage.groups.map(({ name }) => name)).toEqual(['clinical', 'imaging']);
  });
});
