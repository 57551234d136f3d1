import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PredictError } from '../errors.js';
import { createBooster } from './booster.js';

interface Recorded {
  readonly about: string;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly marginBits: readonly string[];
  readonly predictionBits: readonly string[];
  /** Empty where the library gives none; null where they overflow its float32. */
  readonly contributions: readonly (number | null)[];
  /** The same model as UBJSON, in base 64. */
  readonly ubjson?: string;
  readonly model: unknown;
}

const folder = new URL('../../reference/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.startsWith('xgboost-') && name.endsWith('.json'));
const read = (name: string): Recorded => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recorded;
const matrix = ({ rows }: Recorded): Float64Array => Float64Array.from(rows.flat(), (v) => v ?? Number.NaN);
const bits = (values: Float32Array): readonly number[] => [...new Uint32Array(values.buffer)];
const recordedBits = (hex: readonly string[]): readonly number[] => hex.map((h) => Number.parseInt(h, 16));

describe('against the C library', () => {
  test('both ends of the supported versions are recorded', () => {
    expect(files.filter((f) => f.startsWith('xgboost-1.7.6-')).length).toBe(18);
    expect(files.filter((f) => f.startsWith('xgboost-3.2.0-')).length).toBe(19);
  });

  test.each(files)('margins are the same bits: %s', (file) => {
    const recorded = read(file);
    expect(bits(createBooster(recorded.model).margins(matrix(recorded)))).toEqual(recordedBits(recorded.marginBits));
  });

  test.each(files)('predictions differ by at most 1 unit in the last place: %s', (file) => {
    const recorded = read(file);
    const mine = bits(createBooster(recorded.model).predict(matrix(recorded)));
    const theirs = recordedBits(recorded.predictionBits);
    for (const [i, value] of mine.entries()) expect(Math.abs(value - (theirs[i] as number))).toBeLessThanOrEqual(1);
    expect(mine.length).toBe(theirs.length);
  });
});

describe('attributions', () => {
  test.each(files.filter((file) => read(file).contributions.length > 0))(
    'agree with pred_contribs within 1e-5 and add up to the margin: %s',
    (file) => {
      const recorded = read(file);
      const booster = createBooster(recorded.model);
      const rows = matrix(recorded);
      const found = booster.contributions(rows);
      expect(found.length).toBe(recorded.contributions.length);
      const sums = new Float64Array(found.length / (booster.inputs + 1));
      for (const [i, value] of found.entries()) {
        const row = Math.floor(i / (booster.inputs + 1));
        sums[row] = (sums[row] as number) + value;
        const theirs = recorded.contributions[i] ?? null;
        if (theirs === null) continue;
        expect(Math.abs(value - theirs), `cell ${i}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(theirs)));
      }
      for (const [i, margin] of booster.margins(rows).entries()) {
        if (!Number.isFinite(margin)) continue;
        expect(Math.abs((sums[i] as number) - margin)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(margin)));
      }
    },
  );

  test('a model whose leaves hold vectors has none, and says so', () => {
    const booster = createBooster(read('xgboost-3.2.0-leaf-vectors.json').model);
    expect(() => booster.contributions(new Float64Array(4))).toThrow('its leaves hold a value for each output');
  });

  test('a model without cover has none', () => {
    const booster = createBooster(edited([...tree0, 'sum_hessian'], undefined));
    expect(() => booster.contributions(new Float64Array(6))).toThrow('how many training rows reached its nodes');
  });
});

describe('UBJSON', () => {
  const withBytes = files.filter((file) => read(file).ubjson !== undefined);
  const bytesOf = (file: string): Uint8Array => Uint8Array.from(Buffer.from(read(file).ubjson ?? '', 'base64'));

  test.each(withBytes)('the same margins as the JSON model: %s', (file) => {
    const recorded = read(file);
    expect(bits(createBooster(bytesOf(file)).margins(matrix(recorded)))).toEqual(recordedBits(recorded.marginBits));
  });

  test('JSON bytes are taken too', () => {
    const recorded = read(small);
    const bytes = new TextEncoder().encode(JSON.stringify(recorded.model));
    expect(bits(createBooster(bytes).margins(matrix(recorded)))).toEqual(recordedBits(recorded.marginBits));
  });

  test('cut off anywhere, or with a byte changed, it is refused or read: never a crash', () => {
    const whole = bytesOf(small);
    for (let k = 0; k < 400; k++) {
      const cut = Math.floor((whole.length * k) / 400);
      expect(() => createBooster(whole.subarray(0, cut))).toThrow(PredictError);
      const changed = whole.slice();
      changed[cut] = (changed[cut] as number) ^ (1 + ((k * 37) % 255));
      try {
        createBooster(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(PredictError);
      }
    }
  });

  test.each([
    [[0x80, 0x04], 'it begins neither like JSON nor like UBJSON'],
    [[0x7b, 0x22, 0x61], 'its JSON is damaged'],
    [[0x7b, 0x69, 0x01, 0x61, 0x78], 'is no UBJSON type'],
    [[0x7b, 0x4c, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 'where more is announced'],
  ])('bytes %j', (bytes, message) => {
    expect(() => createBooster(Uint8Array.from(bytes))).toThrow(message);
  });
});

type Editable = Record<string, never> & { learner: Record<string, unknown> };
const small = 'xgboost-3.2.0-reference-settings.json';

/** A recorded model with one thing changed, by path. */
function edited(path: readonly (string | number)[], value: unknown): unknown {
  const model = structuredClone(read(small).model) as Editable;
  let at: Record<string | number, unknown> = model;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) as string | number] = value;
  return model;
}
const tree0 = ['learner', 'gradient_booster', 'model', 'trees', 0] as const;
const parameters = ['learner', 'learner_model_param'] as const;

describe('models that cannot be evaluated are refused by name', () => {
  test.each<[string, readonly (string | number)[], unknown, string, RegExp]>([
    ['booster', ['learner', 'gradient_booster', 'name'], 'gbforest', 'PREDICT_UNSUPPORTED_BOOSTER', /"gbforest"/],
    ['objective', ['learner', 'objective', 'name'], 'multi:softmax', 'PREDICT_UNSUPPORTED_OBJECTIVE', /softmax/],
    ['tree_info', ['learner', 'gradient_booster', 'model', 'tree_info', 0], 3, 'PREDICT_NOT_A_MODEL', /which output/],
    ['categorical', [...tree0, 'split_type', 0], 1, 'PREDICT_BAD_TREE', /lists none|node 0/],
    ['base score', [...parameters, 'base_score'], '[5E-1,2E-1]', 'PREDICT_BAD_BASE_SCORE', /5E-1,2E-1/],
    ['base score out of range', [...parameters, 'base_score'], '1.5', 'PREDICT_BAD_BASE_SCORE', /1\.5/],
    ['no base score', [...parameters, 'base_score'], undefined, 'PREDICT_BAD_BASE_SCORE', /undefined/],
    ['loop', [...tree0, 'left_children', 0], 0, 'PREDICT_BAD_TREE', /reached twice/],
    ['child outside', [...tree0, 'right_children', 0], 999, 'PREDICT_BAD_TREE', /node 999/],
    ['half a leaf', [...tree0, 'right_children', 0], -1, 'PREDICT_BAD_TREE', /node -1/],
    ['input outside', [...tree0, 'split_indices', 0], 6, 'PREDICT_BAD_TREE', /input 6 of 6/],
    ['short column', [...tree0, 'split_conditions'], [1], 'PREDICT_BAD_TREE', /split_conditions has 1/],
    ['text in a tree', [...tree0, 'split_conditions', 0], '1', 'PREDICT_BAD_TREE', /not a number/],
    ['trees', ['learner', 'gradient_booster', 'model', 'trees'], {}, 'PREDICT_NOT_A_MODEL', /trees is not a list/],
    ['learner', ['learner'], 7, 'PREDICT_NOT_A_MODEL', /learner is not an object/],
  ])('%s', (_what, path, value, code, message) => {
    const attempt = () => createBooster(edited(path, value));
    expect(attempt).toThrow(PredictError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  test.each([null, [], 'gbtree', 1])('no model at all: %j', (model) => {
    expect(() => createBooster(model)).toThrow(/not an XGBoost model/);
  });

  test('base_score in every spelling gives the same margins', () => {
    const rows = matrix(read(small));
    const spelled = ['2.5E-1', '[2.5E-1]', '0.25', ' [0.25] ', '.25', 0.25, [0.25]].map((score) =>
      bits(createBooster(edited([...parameters, 'base_score'], score)).margins(rows)),
    );
    for (const margins of spelled) expect(margins).toEqual(spelled[0]);
  });

  test('rows that are no whole number of records', () => {
    expect(() => createBooster(read(small).model).margins(new Float64Array(7))).toThrow(/7 columns, expected 6/);
  });
});
