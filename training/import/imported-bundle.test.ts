import { describe, expect, test } from 'vitest';
import { createPredictor } from '../../serving/index.js';
import { referenceCases } from '../test/reference.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { importedBundle, readXgboostArtifact } from './index.js';

interface ArtifactCase {
  readonly name: string;
  readonly form: string;
  readonly objective: string;
  readonly version: string;
  readonly content: string;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly predictions: readonly number[];
  readonly margins: readonly number[];
}

const library = loadNativeLibrary();
const cases = referenceCases<readonly ArtifactCase[]>('xgboost-survival-artifacts.json');
const here = Number.parseFloat(library.version);
const readable = cases.filter(({ version }) => here >= Number.parseFloat(version));
const survival = readable.filter(({ objective }) => objective.startsWith('survival:'));
const boosterOf = async ({ content, name }: ArtifactCase): Promise<unknown> =>
  (await readXgboostArtifact(library, Uint8Array.from(Buffer.from(content, 'base64')), name)).booster;

describe('a model.tar.gz made by Python', () => {
  test.each(survival)('$name predicts what it predicted there', async (reference) => {
    const bundle = importedBundle(await boosterOf(reference), { name: reference.name, task: 'survival' });
    expect(bundle.manifest).toMatchObject({ recipe: 'imported', threshold: null, task: { kind: 'survival' } });
    const predictor = createPredictor(bundle);
    expect(predictor.featureNames).toEqual(['f0', 'f1', 'f2']);
    const rows = Float64Array.from(reference.rows.flat(), (value) => value ?? Number.NaN);
    const found = predictor.predictRows(rows);
    for (const [i, value] of reference.predictions.entries()) {
      expect(Math.abs((found[i]?.score as number) / value - 1)).toBeLessThan(1e-6);
      expect(found[i]?.outOfRange).toEqual([]);
      const sign = reference.objective === 'survival:aft' ? -1 : 1;
      expect(found[i]?.risk).toBeCloseTo(sign * (reference.margins[i] as number), 5);
    }
    expect(found[1]?.imputed).toEqual(['f2']);
    const median = found[0]?.medianSurvivalDays;
    if (reference.objective === 'survival:cox') expect(median).toBeNull();
    else expect(median).toBeCloseTo(reference.predictions[0] as number, 1);
  });
});

describe('what does not fit is refused in one sentence', () => {
  const [cox] = survival as [ArtifactCase];
  const other = readable.find(({ objective }) => objective === 'reg:squarederror') as ArtifactCase;

  test('an objective that says nothing about survival, and a task that the objective is not of', async () => {
    const squared = await boosterOf(other);
    expect(() => importedBundle(squared, { name: 'm' })).toThrow(
      'No XGBoost model can be imported from m: its objective is reg:squarederror; expected one of binary:logistic',
    );
    const booster = await boosterOf(cox);
    expect(() => importedBundle(booster, { name: 'm', task: 'status' })).toThrow(
      'its objective survival:cox is of the task survival, not status',
    );
  });

  test('another number of columns, a name twice, none', async () => {
    const booster = await boosterOf(cox);
    const named = (columns: readonly string[]) => () => importedBundle(booster, { name: 'm', columns });
    expect(named(['a', 'b'])).toThrow('it has 3 inputs, but 2 columns are named');
    expect(named(['a', 'b', 'a'])).toThrow('two columns are named "a"');
    expect(named(['a', '', 'c'])).toThrow('a column has no name');
    const { manifest } = importedBundle(booster, { name: 'm', columns: ['clinical.age', 'a.b', 'imaging.x'] });
    expect(manifest.columns.map(({ group, feature }) => [group, feature])).toEqual([
      ['clinical', 'age'],
      ['imported', 'a.b'],
      ['imaging', 'x'],
    ]);
  });

  test('several outputs, no inputs, no objective', () => {
    const learner = { objective: { name: 'binary:logistic' }, learner_model_param: { num_feature: '2' } };
    const of = (changed: object) => () => importedBundle({ learner: { ...learner, ...changed } }, { name: 'm' });
    expect(of({ learner_model_param: { num_feature: '2', num_class: '3' } })).toThrow(
      'it has 3 outputs; one is expected',
    );
    expect(of({ learner_model_param: {} })).toThrow('it does not say how many inputs it has');
    expect(of({ objective: {} })).toThrow('its objective is missing');
  });
});
