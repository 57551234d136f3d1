import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseIbsiSettings } from './parse-ibsi-settings.js';

const file = (name: string) => readFileSync(new URL(`../reference/ibsi/${name}.yaml`, import.meta.url), 'utf8');
const base = file('chest-config-c');

test('configuration C', () => {
  const settings = parseIbsiSettings(base);
  expect(settings).toEqual({
    label: 1,
    interpolation: { spacing: [2, 2, 2], image: 'linear', mask: 'linear', maskThreshold: 0.5 },
    rounding: 'nearest-integer',
    resegmentation: { range: [-1000, 400], outlierSigma: null },
    discretisation: { method: 'fixed-bin-size', width: 25, lowest: -1000 },
    ivh: { method: 'fixed-bin-size', width: 2.5 },
    dimensions: ['3D'],
    directions: ['averaged', 'merged'],
    distance: 1,
    coarseness: 0,
  });
  expect(Object.isFrozen(settings) && Object.isFrozen(settings.ivh)).toBe(true);
});

test('none switches a step off; null keeps an axis and leaves a range open', () => {
  const settings = parseIbsiSettings(
    file('digital-phantom')
      .replace('resegmentation: none', 'resegmentation: { range: [null, 5], outlierSigma: 3 }')
      .replace(
        'interpolation: none',
        'interpolation: { spacing: [1, null, 3], image: nearest, mask: nearest, maskThreshold: 1 }',
      ),
  );
  expect(settings.interpolation?.spacing).toEqual([1, null, 3]);
  expect(settings.resegmentation).toEqual({ range: [null, 5], outlierSigma: 3 });
  expect(settings.discretisation).toEqual({ method: 'none' });
  expect(settings.dimensions).toEqual(['2D', '2.5D', '3D']);
});

test('the lower edge of the first bin may be given', () => {
  const text = base.replace('  width: 25', '  width: 25\n  lowest: -1024');
  expect(parseIbsiSettings(text).discretisation).toEqual({ method: 'fixed-bin-size', width: 25, lowest: -1024 });
});

describe('nothing that changes the values has a default', () => {
  test.each([
    'interpolation',
    'rounding',
    'resegmentation',
    'discretisation',
    'ivh',
    'dimensions',
    'directions',
    'distance',
    'coarseness',
  ])('%s has to be there', (key) => {
    const text = base.replace(new RegExp(`^${key}:.*\\n(?: .*\\n)*`, 'm'), '');
    expect(() => parseIbsiSettings(text, 'c.yaml')).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_MISSING',
        message: expect.stringContaining(`c.yaml: "${key}" is missing`),
      }),
    );
  });

  test('bins of a fixed size need a lower edge', () => {
    const text = base.replace('range: [-1000, 400]', 'range: [null, 400]');
    expect(() => parseIbsiSettings(text)).toThrow(/"discretisation.lowest" is missing.*lower edge of the first bin/);
  });
});

describe('what is wrong is refused', () => {
  test.each([
    ['distance: 1', 'distnace: 1', 'SETTINGS_UNKNOWN', /"distnace" is not known; did you mean "distance"/],
    ['  mask: linear', '  mask: linear\n  masc: 1', 'SETTINGS_UNKNOWN', /"interpolation.masc".*did you mean "mask"/],
    ['  width: 25', '  width: 25\n  count: 32', 'SETTINGS_UNKNOWN', /"discretisation.count"/],
    [
      'method: fixed-bin-size\n  width: 25',
      'method: fixed\n  width: 25',
      'SETTINGS_VALUE',
      /"discretisation.method" is "fixed"/,
    ],
    ['  width: 25', '  width: 0', 'SETTINGS_VALUE', /"discretisation.width" is 0, expected a number above 0/],
    ['range: [-1000, 400]', 'range: [400, -1000]', 'SETTINGS_VALUE', /the lower first/],
    ['spacing: [2, 2, 2]', 'spacing: [2, 2]', 'SETTINGS_VALUE', /three spacings/],
    ['maskThreshold: 0.5', 'maskThreshold: 1.5', 'SETTINGS_VALUE', /a share above 0 and at most 1/],
    ['dimensions: [3D]', 'dimensions: [4D]', 'SETTINGS_VALUE', /one of 2D, 2.5D, 3D/],
    ['dimensions: [3D]', 'dimensions: []', 'SETTINGS_VALUE', /a list of different values/],
    ['rounding: nearest-integer', 'rounding: up', 'SETTINGS_VALUE', /nearest-integer, none/],
    ['distance: 1', 'distance: 1\ndistance: 2', 'SETTINGS_UNREADABLE', /unique/],
    ['distance: 1', 'distance: [', 'SETTINGS_UNREADABLE', /not a parameter file/],
  ])('%s -> %s', (from, to, code, message) => {
    const run = () => parseIbsiSettings(base.replace(from, to), 'c.yaml');
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ name: 'ImagingError', code }));
  });

  test('text that is no settings file', () => {
    expect(() => parseIbsiSettings('just text')).toThrow(/names with values/);
  });
});
