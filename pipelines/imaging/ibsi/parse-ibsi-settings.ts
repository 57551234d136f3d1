import { imagingError } from '../errors.js';
import { hint } from '../settings/nearest-name.js';
import {
  anyNumber,
  listOf,
  oneOf,
  orNull,
  positiveInteger,
  positiveNumber,
  type Reader,
  wholeFromZero,
} from '../settings/setting-values.js';
import { deepFreeze } from '../settings/settings.js';
import { asMap, parseYaml, type YamlMap } from '../settings/yaml-map.js';
import type {
  IbsiDimension,
  IbsiDirections,
  IbsiDiscretisation,
  IbsiInterpolation,
  IbsiResegmentation,
  IbsiSettings,
  IvhDiscretisation,
} from './settings.js';

/** A key that must be there: how it is read, and what is expected where it is missing. */
interface Field {
  readonly read: Reader<unknown>;
  readonly expected: string;
  /** What stands for it when it is left out; a field without one has to be there. */
  readonly otherwise?: unknown;
}

const field = (read: Reader<unknown>, expected: string): Field => ({ read, expected });

/**
 * Reads the settings of an IBSI run (YAML or JSON). Every key but `label` has to be there, since each changes the values;
 * `none` switches a step off. An unknown key is refused with the nearest known one.
 * @param text contents of the file
 * @param file its name, for messages
 * @returns frozen settings
 * @throws ImagingError SETTINGS_UNREADABLE, SETTINGS_UNKNOWN, SETTINGS_MISSING, SETTINGS_VALUE
 */
export function parseIbsiSettings(text: string, file = 'settings'): IbsiSettings {
  const root = asMap(file, 'the file', parseYaml(file, text) ?? {});
  const resegmented = root.resegmentation as { readonly range?: readonly unknown[] } | undefined;
  const lowest = resegmented?.range?.[0];
  const read = readFields(file, '', root, {
    label: { ...field(positiveInteger, 'a whole number above 0'), otherwise: 1 },
    interpolation: field(orNone(interpolation), 'none, or spacing, image, mask and maskThreshold'),
    rounding: field(oneOf('nearest-integer', 'none'), 'nearest-integer or none'),
    resegmentation: field(orNone(resegmentation), 'none, or range and outlierSigma'),
    discretisation: field(discretisation(lowest), 'none, or a method with its value'),
    ivh: field(ivh, 'a method with its value'),
    dimensions: field(someOf<IbsiDimension>('2D', '2.5D', '3D'), 'a list of 2D, 2.5D, 3D'),
    directions: field(someOf<IbsiDirections>('averaged', 'merged'), 'a list of averaged, merged'),
    distance: field(positiveInteger, 'a whole number above 0'),
    coarseness: field(wholeFromZero, 'a whole number of at least 0'),
  });
  return deepFreeze(read as unknown as IbsiSettings);
}

/** Reads every known key of a section. @throws ImagingError SETTINGS_UNKNOWN, SETTINGS_MISSING */
function readFields(
  file: string,
  section: string,
  found: YamlMap,
  fields: Readonly<Record<string, Field>>,
): Record<string, unknown> {
  const path = (key: string) => (section === '' ? key : `${section}.${key}`);
  for (const key of Object.keys(found)) {
    if (Object.hasOwn(fields, key)) continue;
    throw imagingError('SETTINGS_UNKNOWN', file, 'the setting', path(key), hint(key, Object.keys(fields)));
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, { read, expected, otherwise }]) => {
      const value = found[key];
      if (value !== undefined) return [key, read(file, path(key), value)];
      if (otherwise === undefined) throw imagingError('SETTINGS_MISSING', file, path(key), expected);
      return [key, otherwise];
    }),
  );
}

/** The word `none`, read as null, or what another reader accepts. */
function orNone<T>(inner: Reader<T>): Reader<T | null> {
  return (file, name, value) => (value === 'none' ? null : inner(file, name, value));
}

/** A list of different values, in the order in which they are offered. */
function someOf<T extends string>(...values: readonly T[]): Reader<readonly T[]> {
  const expected = `a list of different values out of ${values.join(', ')}`;
  const read = listOf(oneOf(...values), expected, (l) => l.length > 0 && new Set(l).size === l.length);
  return (file, name, value) => {
    const list = read(file, name, value);
    return values.filter((v) => list.includes(v));
  };
}

const interpolation: Reader<IbsiInterpolation> = (file, name, value) =>
  readFields(file, name, asMap(file, name, value), {
    spacing: field(
      listOf(orNull(positiveNumber), 'three spacings in mm (null keeps an axis)', (l) => l.length === 3),
      'three spacings in mm along x, y, z (null keeps an axis)',
    ),
    image: field(oneOf('nearest', 'linear', 'cubic-spline'), 'nearest, linear or cubic-spline'),
    mask: field(oneOf('nearest', 'linear'), 'nearest or linear'),
    maskThreshold: field(share, 'a share above 0 and at most 1'),
  }) as unknown as IbsiInterpolation;

const resegmentation: Reader<IbsiResegmentation> = (file, name, value) =>
  readFields(file, name, asMap(file, name, value), {
    range: field(orNone(range), 'none, or a list of a lower and an upper bound (null: no bound)'),
    outlierSigma: field(orNone(positiveNumber), 'none, or a number of standard deviations'),
  }) as unknown as IbsiResegmentation;

const range: Reader<readonly (number | null)[]> = listOf(
  orNull(anyNumber),
  'a lower and an upper bound (null: no bound), the lower first',
  (l) => l.length === 2 && (l[0] === null || l[1] === null || (l[0] as number) < (l[1] as number)),
);

const share: Reader<number> = (file, name, value) => {
  const number = positiveNumber(file, name, value);
  if (number <= 1) return number;
  throw imagingError('SETTINGS_VALUE', file, name, String(value), 'a share above 0 and at most 1');
};

/** A method and what belongs to it; `none` alone is short for the method of that name. */
function method(file: string, name: string, value: unknown, methods: Readonly<Record<string, Record<string, Field>>>) {
  const found = value === 'none' ? { method: 'none' } : asMap(file, name, value);
  const known = Object.keys(methods);
  const chosen = oneOf(...known)(file, `${name}.method`, (found as YamlMap).method);
  return readFields(file, name, found, { method: field(oneOf(...known), known.join(', ')), ...methods[chosen] });
}

const width = field(positiveNumber, 'a number above 0');
const count = field(positiveInteger, 'a whole number above 0');

/** @param lowest lower bound of the re-segmentation range, where bins of a fixed size begin unless said otherwise */
function discretisation(lowest: unknown): Reader<IbsiDiscretisation> {
  const bound = typeof lowest === 'number' ? { otherwise: lowest } : {};
  const from = { ...field(anyNumber, 'the lower edge of the first bin, or a lower bound of resegmentation.range') };
  return (file, name, value) =>
    method(file, name, value, {
      none: {},
      'fixed-bin-size': { width, lowest: { ...from, ...bound } },
      'fixed-bin-number': { count },
    }) as unknown as IbsiDiscretisation;
}

const ivh: Reader<IvhDiscretisation> = (file, name, value) =>
  method(file, name, value, {
    none: { step: field(positiveNumber, 'the distance between two intensities, above 0') },
    'fixed-bin-size': { width },
    'fixed-bin-number': { count },
  }) as unknown as IvhDiscretisation;
