/** How a base score becomes a margin, and margins an answer. */
export interface Objective {
  readonly name: string;
  /** `base_score` to the margin that sums start from, in float32. */
  toMargin(baseScore: number): number;
  /** Whether a base score can be one. */
  allows(baseScore: number): boolean;
  /** Turns the margins of one row (positions start … start + outputs - 1) into answers, in place. */
  link(margins: Float32Array, start: number, outputs: number): void;
}

const identity = (value: number): number => value;
const unchanged = (): void => undefined;
const anyNumber = (value: number): boolean => Number.isFinite(value);
const aboveZero = (value: number): boolean => Number.isFinite(value) && value > 0;
const probability = (value: number): boolean => value > 0 && value < 1;

const plain = { toMargin: identity, allows: anyNumber, link: unchanged };
const logistic = { toMargin: logit, allows: probability, link: onEach(sigmoid) };
const exponential = {
  toMargin: (score: number): number => Math.fround(Math.log(score)),
  allows: aboveZero,
  link: onEach((margin) => Math.fround(Math.exp(margin))),
};

/** Every objective whose models can be evaluated, as XGBoost 1.7 to 3.x defines them. */
const table: Readonly<Record<string, Omit<Objective, 'name'>>> = {
  'reg:logistic': logistic,
  'binary:logistic': logistic,
  'binary:logitraw': plain,
  'binary:hinge': { ...plain, link: onEach((margin) => (margin > 0 ? 1 : 0)) },
  'reg:squarederror': plain,
  'reg:squaredlogerror': plain,
  'reg:pseudohubererror': plain,
  'reg:absoluteerror': plain,
  'reg:quantileerror': plain,
  'reg:gamma': exponential,
  'reg:tweedie': exponential,
  'count:poisson': exponential,
  'survival:cox': exponential,
  'survival:aft': exponential,
  'multi:softprob': { ...plain, link: softmax },
  'rank:pairwise': plain,
  'rank:ndcg': plain,
  'rank:map': plain,
};

/** Names of the objectives, for messages. */
export const objectiveNames: readonly string[] = Object.keys(table);

/** The objective of that name, or undefined. */
export function objectiveOf(name: unknown): Objective | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(table, name)) return undefined;
  const found = table[name];
  return found === undefined ? undefined : { name, ...found };
}

/** The library's link from a base probability to a margin: -ln(1 / p - 1), each operation in float32. */
function logit(score: number): number {
  return Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
}

/**
 * The library's float32 logistic function, its overflow guard (88.7) included. Operations round as in float32; `exp` is
 * rounded from float64, where the C library's `expf` may differ in the last bit.
 */
function sigmoid(margin: number): number {
  const e = Math.fround(Math.exp(Math.min(-margin, Math.fround(88.7))));
  return Math.fround(1 / Math.fround(e + 1));
}

function softmax(margins: Float32Array, start: number, outputs: number): void {
  let most = margins[start] as number;
  for (let k = start + 1; k < start + outputs; k++) most = Math.max(most, margins[k] as number);
  let sum = 0;
  for (let k = start; k < start + outputs; k++) {
    margins[k] = Math.exp(Math.fround((margins[k] as number) - most));
    sum += margins[k] as number;
  }
  const divisor = Math.fround(sum);
  for (let k = start; k < start + outputs; k++) margins[k] = (margins[k] as number) / divisor;
}

function onEach(link: (margin: number) => number): Objective['link'] {
  return (margins, start, outputs) => {
    for (let k = start; k < start + outputs; k++) margins[k] = link(margins[k] as number);
  };
}
