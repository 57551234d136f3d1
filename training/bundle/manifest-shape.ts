import { trainingError } from '../errors.js';
import type { BundleManifest, ReferenceDistribution, Step } from './bundle.js';

/** What this program writes and reads. */
export const formatVersion = 2;
/** Edges between classes of values. */
const mostEdges = 9;
/** Files of boosters. */
export const boosterFileName = /^model(-[1-9][0-9]*)?\.json$/;

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown, where: string) => void;

const refuse = (where: string, value: unknown, expected: string) =>
  trainingError('TRAIN_BUNDLE_INVALID', where, describe(value), expected);

const is = (expected: string, test: (value: unknown) => boolean): Check => {
  return (value, where) => {
    if (!test(value)) throw refuse(where, value, expected);
  };
};
const text = is('text', (v) => typeof v === 'string');
const finite = is('a finite number', (v) => typeof v === 'number' && Number.isFinite(v));
const whole = is('a whole number, 0 or more', (v) => Number.isSafeInteger(v) && (v as number) >= 0);
const digest = is('a SHA-256 in hex', (v) => typeof v === 'string' && /^[0-9a-f]{64}$/.test(v));
const oneOf = (...values: readonly unknown[]) =>
  is(`one of ${values.map(String).join(', ')}`, (v) => values.includes(v));

const list = (item: Check, length?: number): Check => {
  return (value, where) => {
    if (!Array.isArray(value)) throw refuse(where, value, 'a list');
    if (length !== undefined && value.length !== length) {
      throw refuse(where, value, `a list of ${length}`);
    }
    for (const [i, entry] of value.entries()) item(entry, `${where}[${i}]`);
  };
};
/** An object with exactly these members. */
const record = (members: Readonly<Record<string, Check>>): Check => {
  return (value, where) => {
    const given = objectOf(value, where);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(members, key)) throw refuse(`${where}.${key}`, given[key], 'no such member');
    }
    for (const [key, check] of Object.entries(members)) check(given[key], `${where}.${key}`);
  };
};
const mapOf = (item: Check): Check => {
  return (value, where) => {
    for (const [key, entry] of Object.entries(objectOf(value, where))) item(entry, `${where}.${key}`);
  };
};

const estimates = mapOf(record({ value: finite, low: finite, high: finite }));
const positive = is('a number above 0', (v) => typeof v === 'number' && v > 0 && Number.isFinite(v));
const steps: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  log1p: { at: list(whole) },
  impute: { values: list(finite) },
  select: { at: list(whole) },
  scale: { mean: list(finite), scale: list(positive) },
  pca: { inputs: whole, components: list(list(finite)), explainedVarianceRatio: list(finite) },
};
/** One of several shapes, told apart by `kind`. */
const variant = (shapes: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check => {
  return (value, where) => {
    const { kind } = objectOf(value, where);
    const members = typeof kind === 'string' && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
    if (members === undefined) throw refuse(`${where}.kind`, kind, `one of ${Object.keys(shapes).join(', ')}`);
    record({ kind: text, ...members })(value, where);
  };
};
const orNull = (check: Check): Check => {
  return (value, where) => {
    if (value !== null) check(value, where);
  };
};
const optional = (check: Check): Check => {
  return (value, where) => {
    if (value !== undefined) check(value, where);
  };
};
const share = is('a number from 0 to 1', (v) => typeof v === 'number' && v >= 0 && v <= 1);
const ascending: Check = (value, where) => {
  list(finite)(value, where);
  const numbers = value as readonly number[];
  const at = numbers.findIndex((x, i) => i > 0 && x < (numbers[i - 1] as number));
  if (at > 0) throw refuse(`${where}[${at}]`, numbers[at], `${numbers[at - 1]} or more: the list ascends`);
};
/** A file beside the manifest, so that no name leads elsewhere. */
const boosterFile = is('model.json or model-2.json, model-3.json …', (v) => boosterFileName.test(String(v)));
const scale = { slope: finite, intercept: finite };

const referenceCounts = record({ edges: ascending, counts: list(whole), missing: whole });

const manifest = record({
  formatVersion: oneOf(formatVersion),
  modelId: digest,
  task: variant({ status: {}, horizon: { horizonDays: positive }, survival: {} }),
  recipe: text,
  columns: list(record({ group: text, version: whole, feature: text, role: text, unit: text })),
  ranges: list(orNull(list(finite, 2))),
  members: list(
    record({
      name: text,
      weight: finite,
      steps: list(variant(steps)),
      inputs: list(text),
      model: variant({
        linear: { intercept: finite, coefficients: list(finite) },
        booster: { file: boosterFile, sha256: digest },
      }),
    }),
  ),
  answer: variant({
    probability: scale,
    hazard: { ...scale, baseline: record({ timeDays: ascending, cumulative: ascending }) },
    'log-time': { ...scale, distribution: oneOf('normal', 'logistic', 'extreme'), scale: positive },
  }),
  threshold: orNull(share),
  riskGroups: orNull(record({ cuts: ascending, names: list(text) })),
  chosen: mapOf(is('a number or text', (v) => typeof v === 'string' || Number.isFinite(v))),
  trainedOn: record({
    datasetDigest: text,
    patients: whole,
    events: whole,
    modalities: list(text),
    seed: whole,
  }),
  reference: optional(record({ columns: list(referenceCounts), risk: referenceCounts })),
  metrics: estimates,
  baseline: estimates,
  warnings: list(text),
  lineage: record({
    groups: list(record({ name: text, version: whole, settingsDigest: text })),
    thoracleVersion: text,
    xgboostVersion: text,
  }),
} satisfies Record<keyof BundleManifest, Check>);

/**
 * Checks a parsed manifest member by member.
 * @throws TrainingError TRAIN_BUNDLE_VERSION, TRAIN_BUNDLE_INVALID naming the member, what it is and what was expected
 */
export function parseManifest(value: unknown): BundleManifest {
  const { formatVersion: found } = objectOf(value, 'manifest');
  if (found !== formatVersion) throw trainingError('TRAIN_BUNDLE_VERSION', describe(found));
  manifest(value, 'manifest');
  const parsed = value as BundleManifest;
  assertWidths(parsed);
  return parsed;
}

/** Follows the number of columns through the steps, so that serving never meets a matrix that does not fit. */
function assertWidths({ columns, ranges, members, answer, riskGroups, reference }: BundleManifest): void {
  ofLength(ranges, columns.length, 'manifest.ranges');
  if (reference !== undefined) assertReference(reference, columns.length);
  if (columns.length === 0) throw refuse('manifest.columns', columns, 'one or more');
  if (members.length === 0) throw refuse('manifest.members', members, 'one or more');
  for (const [m, { steps: fitted, inputs, model }] of members.entries()) {
    const where = `manifest.members[${m}]`;
    const width = fitted.reduce((before, step, i) => widthAfter(step, before, `${where}.steps[${i}]`), columns.length);
    ofLength(inputs, width, `${where}.inputs`);
    if (model.kind === 'linear') ofLength(model.coefficients, width, `${where}.model.coefficients`);
  }
  if (answer.kind === 'hazard') {
    ofLength(answer.baseline.cumulative, answer.baseline.timeDays.length, 'manifest.answer.baseline.cumulative');
  }
  if (riskGroups !== null) ofLength(riskGroups.names, riskGroups.cuts.length + 1, 'manifest.riskGroups.names');
}

function assertReference({ columns, risk }: ReferenceDistribution, width: number): void {
  ofLength(columns, width, 'manifest.reference.columns');
  for (const [j, { edges, counts }] of [...columns, risk].entries()) {
    const where = `manifest.reference.${j < width ? `columns[${j}]` : 'risk'}`;
    ofLength(counts, edges.length + 1, `${where}.counts`);
    if (edges.length > mostEdges) throw refuse(`${where}.edges`, edges, `a list of at most ${mostEdges}`);
  }
}

function widthAfter(step: Step, inputs: number, where: string): number {
  switch (step.kind) {
    case 'log1p':
      positionsBelow(step.at, inputs, `${where}.at`);
      return inputs;
    case 'select':
      positionsBelow(step.at, inputs, `${where}.at`);
      return step.at.length;
    case 'impute':
      ofLength(step.values, inputs, `${where}.values`);
      return inputs;
    case 'scale':
      ofLength(step.mean, inputs, `${where}.mean`);
      ofLength(step.scale, inputs, `${where}.scale`);
      return inputs;
    case 'pca':
      if (step.inputs !== inputs) throw refuse(`${where}.inputs`, step.inputs, String(inputs));
      for (const [c, row] of step.components.entries()) ofLength(row, inputs, `${where}.components[${c}]`);
      ofLength(step.explainedVarianceRatio, step.components.length, `${where}.explainedVarianceRatio`);
      return step.components.length;
  }
}

function ofLength(values: readonly unknown[], length: number, where: string): void {
  if (values.length !== length) throw refuse(where, values, `a list of ${length}`);
}

function positionsBelow(at: readonly number[], width: number, where: string): void {
  for (const position of at) if (position >= width) throw refuse(where, position, `a position below ${width}`);
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw refuse(where, value, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value);
}
