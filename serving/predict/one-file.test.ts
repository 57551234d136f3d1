import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { askPage, chromium } from '../../test/chromium.js';
import { chain, chainBundle, chainRecords, chainRows } from '../reference/chain-bundle.js';
import { createPredictor } from './index.js';

const packageFile = new URL('../../package.json', import.meta.url);
const { exports } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
  exports: { './predict': { default: string; types: string } };
};
const file = new URL(exports['./predict'].default, packageFile);
const code = readFileSync(file, 'utf8');
const mine = createPredictor(chainBundle()).predictRows(chainRows());
const mostBytes = 30_000;

describe('thoracle/predict is one file', () => {
  test(`of at most ${mostBytes} bytes that imports nothing`, () => {
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(mostBytes);
    expect(code).not.toMatch(/\bimport\b|\brequire\b|\bprocess\b|\bBuffer\b|node:/);
  });

  test('runs where there is nothing but ECMAScript and a text decoder', () => {
    const script = transformSync(code, { format: 'iife', globalName: 'thoracle' }).code;
    const context = createContext({ TextDecoder, bundle: chainBundle(), records: chainRecords() });
    const answer = 'JSON.stringify(thoracle.createPredictor(bundle).predictRecords(records))';
    expect(JSON.parse(runInContext(`${script};${answer}`, context) as string)).toEqual(mine);
  });

  test('exports what its types say', async () => {
    const there = Object.keys((await import(file.href)) as object).sort();
    expect(there).toEqual(Object.keys(await import('./index.js')).sort());
    expect(readFileSync(new URL(exports['./predict'].types, packageFile), 'utf8')).toContain('createPredictor');
  });
});

const noBrowser = chromium === undefined ? ' [skipped: no chromium]' : '';
describe.skipIf(noBrowser !== '')(`in a browser${noBrowser}`, () => {
  test('answers as in Node, and as scikit-learn and XGBoost did', async () => {
    const page = `<!doctype html><script type="module">
      const answer = (body) => fetch('/answer', { method: 'POST', body: JSON.stringify(body) });
      try {
        const { createPredictor } = await import('/predict.js');
        const json = async (name) => (await fetch('/model/' + name)).json();
        const manifest = await json('manifest.json');
        const files = manifest.members.flatMap(({ model }) => (model.kind === 'booster' ? [model.file] : []));
        const boosters = Object.fromEntries(await Promise.all(files.map(async (file) => [file, await json(file)])));
        await answer(createPredictor({ manifest, boosters }).predictRecords(await json('records.json')));
      } catch (error) {
        await answer(String(error));
      }
    </script>`;
    const { manifest, boosters } = chainBundle();
    const fetched = { 'manifest.json': manifest, 'records.json': chainRecords(), ...boosters };
    const files = Object.entries(fetched).map(
      ([name, value]) => [`/model/${name}`, ['application/json', JSON.stringify(value)]] as const,
    );
    const body = await askPage(
      {
        '/': ['text/html', page],
        '/predict.js': ['text/javascript; charset=utf-8', code],
        ...Object.fromEntries(files),
      },
      50_000,
    );
    expect(JSON.parse(body)).toEqual(mine);
    expect(mine.map(({ probability }) => probability)).toHaveLength(chain.probabilities.length);
    for (const [i, { probability }] of mine.entries()) expect(probability).toBeCloseTo(chain.probabilities[i] ?? -1, 7);
  });
});
