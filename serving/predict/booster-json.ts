import { PredictError, predictErrors } from './errors.js';

export type Objective = 'reg:logistic' | 'binary:logistic' | 'reg:squarederror';
const objectives: readonly Objective[] = ['reg:logistic', 'binary:logistic', 'reg:squarederror'];

/**
 * A gradient-boosted forest as flat arrays over all nodes of all trees, in the order of the trees. A node is a leaf when
 * `left` is -1; then `value` is what the leaf adds, otherwise the split's threshold. All numbers are float32, as in the library.
 */
export interface Forest {
  readonly objective: Objective;
  /** Inputs per row. */
  readonly inputs: number;
  /** Float32; a probability for a logistic objective, else the margin. */
  readonly baseScore: number;
  /** Index of each tree's root, shape (trees). */
  readonly roots: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly value: Float32Array;
  /** 1 where a missing value goes left. */
  readonly defaultLeft: Uint8Array;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON model that XGBoost 1.7 to 3.x saves (https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html).
 * @throws PredictError when it is no such model, is damaged, or uses what is not evaluated here
 */
export function readForest(model: unknown): Forest {
  const learner = object(object(model, 'the document').learner, 'learner');
  const booster = object(learner.gradient_booster, 'learner.gradient_booster');
  if (booster.name !== 'gbtree') fail('PREDICT_UNSUPPORTED_BOOSTER', String(booster.name));
  const parameters = object(learner.learner_model_param, 'learner.learner_model_param');
  const objective = readObjective(object(learner.objective, 'learner.objective').name);
  checkOutputs(parameters);
  const inputs = integer(parameters.num_feature, 'num_feature');
  const body = object(booster.model, 'learner.gradient_booster.model');
  const trees = array(body.trees, 'trees').map((tree, t) => readTree(object(tree, `tree ${t}`), t, inputs));
  return { objective, inputs, baseScore: readBaseScore(parameters.base_score, objective), ...concatenate(trees) };
}

function readObjective(name: unknown): Objective {
  const found = objectives.find((objective) => objective === name);
  if (found === undefined) return fail('PREDICT_UNSUPPORTED_OBJECTIVE', String(name), objectives);
  return found;
}

function checkOutputs(parameters: Json): void {
  const classes = integer(parameters.num_class ?? '0', 'num_class');
  const targets = integer(parameters.num_target ?? '1', 'num_target');
  const outputs = Math.max(classes, targets);
  if (outputs > 1) fail('PREDICT_UNSUPPORTED_OUTPUTS', outputs);
}

/** `"5E-1"` up to 3.0, `"[5E-1]"` from 3.1 on; a plain number or a list is taken too. */
function readBaseScore(raw: unknown, objective: Objective): number {
  const text = typeof raw === 'string' ? raw.trim() : JSON.stringify(raw);
  const inner = text?.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).trim() : text;
  const score =
    inner === undefined || !/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(inner) ? Number.NaN : Number(inner);
  const usable = objective === 'reg:squarederror' ? Number.isFinite(score) : score > 0 && score < 1;
  if (!usable) return fail('PREDICT_BAD_BASE_SCORE', String(text));
  return Math.fround(score);
}

interface Tree {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly feature: readonly number[];
  readonly value: readonly number[];
  readonly defaultLeft: readonly number[];
}

function readTree(json: Json, t: number, inputs: number): Tree {
  const left = numbers(json.left_children, t, 'left_children');
  const column = (name: string): readonly number[] => {
    const values = numbers(json[name], t, name);
    if (values.length !== left.length)
      fail('PREDICT_BAD_TREE', t, `${name} has ${values.length} nodes, not ${left.length}`);
    return values;
  };
  const split = json.split_type === undefined ? [] : column('split_type');
  const categorical = split.findIndex((type) => type !== 0);
  if (categorical !== -1) fail('PREDICT_UNSUPPORTED_CATEGORICAL', t, categorical);
  const tree = {
    left,
    right: column('right_children'),
    feature: column('split_indices'),
    value: column('split_conditions'),
    defaultLeft: column('default_left'),
  };
  checkShape(tree, t, inputs);
  return tree;
}

/** Walks the tree once: every child exists, is reached once (so the walk of a row ends), and every split reads an input. */
function checkShape(tree: Tree, t: number, inputs: number): void {
  const seen = new Uint8Array(tree.left.length);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!(node >= 0 && node < seen.length)) fail('PREDICT_BAD_TREE', t, `it points to node ${node} of ${seen.length}`);
    if (seen[node] === 1) fail('PREDICT_BAD_TREE', t, `node ${node} is reached twice`);
    seen[node] = 1;
    if (!Number.isFinite(tree.value[node])) fail('PREDICT_BAD_TREE', t, `node ${node} holds no finite number`);
    if (tree.left[node] === -1) continue;
    const feature = tree.feature[node] as number;
    if (!(feature >= 0 && feature < inputs)) fail('PREDICT_BAD_TREE', t, `it splits on input ${feature} of ${inputs}`);
    open.push(tree.left[node] as number, tree.right[node] as number);
  }
}

function concatenate(trees: readonly Tree[]): Omit<Forest, 'objective' | 'inputs' | 'baseScore'> {
  const roots = new Int32Array(trees.length);
  const nodes = trees.reduce((sum, tree) => sum + tree.left.length, 0);
  const left = new Int32Array(nodes);
  const right = new Int32Array(nodes);
  const feature = new Int32Array(nodes);
  const value = new Float32Array(nodes);
  const defaultLeft = new Uint8Array(nodes);
  let start = 0;
  for (const [t, tree] of trees.entries()) {
    const first = start;
    const moved = (child: number): number => (child === -1 ? -1 : child + first);
    roots[t] = first;
    left.set(tree.left.map(moved), first);
    right.set(tree.right.map(moved), first);
    feature.set(tree.feature, first);
    value.set(tree.value, first);
    defaultLeft.set(tree.defaultLeft, first);
    start += tree.left.length;
  }
  return { roots, left, right, feature, value, defaultLeft };
}

function object(value: unknown, what: string): Json {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Json;
  return fail('PREDICT_NOT_A_MODEL', `${what} is not an object`);
}

function array(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail('PREDICT_NOT_A_MODEL', `${what} is not a list`);
}

function integer(value: unknown, what: string): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
  return fail('PREDICT_NOT_A_MODEL', `${what} is not a count`);
}

/** Node columns are numbers; `default_left` and `split_type` may be booleans in hand-made models. */
function numbers(value: unknown, t: number, name: string): readonly number[] {
  if (!Array.isArray(value) || value.length === 0) return fail('PREDICT_BAD_TREE', t, `${name} is not a list of nodes`);
  return value.map((item: unknown) => {
    if (typeof item === 'boolean') return item ? 1 : 0;
    return typeof item === 'number'
      ? item
      : fail('PREDICT_BAD_TREE', t, `${name} holds something that is not a number`);
  });
}

function fail<Code extends keyof typeof predictErrors>(
  code: Code,
  ...given: Parameters<(typeof predictErrors)[Code]>
): never {
  const sentence = predictErrors[code] as (...values: unknown[]) => string;
  throw new PredictError(code, sentence(...given));
}
