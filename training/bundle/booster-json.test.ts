import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Booster, DMatrix, loadNativeLibrary } from '../xgboost/index.js';
import { boosterText } from './booster-json.js';

interface RecordedModel {
  readonly rows: readonly (readonly (number | null)[])[];
  /** Float32 margins of XGBoost, as 32-bit integers in hex. */
  readonly marginBits: readonly string[];
  readonly model: unknown;
}

const folder = new URL('../../serving/reference/', import.meta.url);
const files = readdirSync(folder).filter((name) => /^xgboost-3.*\.json$/.test(name));
const library = loadNativeLibrary();

describe('a model that was parsed and written again', () => {
  test.each(files)('%s is read by XGBoost, with the same margins', (name) => {
    const { rows, marginBits, model } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as RecordedModel;
    const text = boosterText(model);
    expect(JSON.parse(text)).toEqual(model);
    using booster = Booster.load(library, new TextEncoder().encode(text));
    const values = Float32Array.from(rows.flat(), (value) => value ?? Number.NaN);
    const [p = 0] = rows.map((row) => row.length);
    using data = new DMatrix(library, { values, n: rows.length, p });
    const margins = Float32Array.from(booster.predict(data, 'margin'));
    expect([...new Uint32Array(margins.buffer)]).toEqual(marginBits.map((bits) => Number.parseInt(bits, 16)));
  });
});
