import { expect, test } from 'vitest';
import { parseSettings } from './parse-settings.js';
import { settingCatalogue } from './setting-catalogue.js';
import { defaultSettings } from './settings.js';

const catalogue = settingCatalogue();

test('a default that is written out changes nothing', () => {
  const written = catalogue.filter((e) => e.byDefault !== '');
  expect(written.length).toBeGreaterThan(35);
  for (const { section, key, byDefault } of written) {
    expect(parseSettings(`${section}: { ${key}: ${byDefault} }`), key).toEqual(defaultSettings);
  }
  const filters = 'imageType: { Wavelet: {}, Gradient: {}, LBP2D: {}, LBP3D: {} }';
  const own = written.filter((e) => e.perImageType).map((e) => `${e.key}: ${e.byDefault}`);
  expect(parseSettings(`setting: { ${own.join(', ')} }\n${filters}`)).toEqual(parseSettings(filters));
});

test('each key is there once, known to the reader, with what it accepts and means', () => {
  expect(new Set(catalogue.map((e) => `${e.section} ${e.key}`)).size).toBe(catalogue.length);
  for (const { section, key, accepted, meaning } of catalogue) {
    expect(accepted, key).not.toBe('');
    expect(meaning, key).not.toBe('');
    const run = () => parseSettings(`${section}: { ${key}: { nonsense: 1 } }`);
    expect(run, key).toThrow(expect.objectContaining({ name: 'ImagingError' }));
    expect(run, key).not.toThrow(new RegExp(`"${key}" is not known`));
  }
});

test('an image type may have its own value of exactly the keys that say so', () => {
  for (const { section, key, byDefault, perImageType } of catalogue) {
    if (section !== 'setting' || byDefault === '') continue;
    const run = () => parseSettings(`imageType: { Original: { ${key}: ${byDefault} } }`);
    if (perImageType) expect(run, key).not.toThrow();
    else expect(run, key).toThrow(expect.objectContaining({ code: 'SETTINGS_NOT_PER_IMAGE_TYPE' }));
  }
});
