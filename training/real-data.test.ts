import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureStore, openDuckDbStore } from '../featurestore/index.js';
import { clinicalStage } from '../pipelines/clinical/index.js';
import { genomicStage } from '../pipelines/genomic/index.js';
import { radiomicsTableStage } from '../pipelines/imaging/index.js';
import { hasSharedData, needsSharedData, sharedData } from '../test/shared-data.js';
import { datasetSpecFor, parseModalities, type RecipeName, type TrainResult, train } from './index.js';

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
    const { json, bundle } = await trained('genomic,clinical,imaging', 'default');
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

  test('one modality alone takes its outcome from the clinical group', async () => {
    const { json, bundle } = await trained('imaging', 'default');
    expect(json.dataset).toMatchObject({ patients: 60, events: 21, complete: 60, incomplete: 0 });
    expect(bundle.manifest.lineage.groups.map(({ name }) => name)).toEqual(['clinical', 'imaging']);
  });
});
