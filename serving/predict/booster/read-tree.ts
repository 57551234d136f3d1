import type { Forest } from './forest.js';
import { badTree, type Json, type NumberList, numbers, object } from './model-json.js';

/** One tree as it was read, node numbers counted from its root. */
export interface ReadTree {
  readonly left: NumberList;
  readonly right: NumberList;
  readonly feature: NumberList;
  readonly value: NumberList;
  readonly defaultLeft: NumberList;
  readonly cover: NumberList;
  readonly categories: ReadonlyMap<number, ReadonlySet<number>>;
  /** Values of the leaves, shape (leaves x outputs), and the leaf's row per node, when leaves are vectors. */
  readonly vectors: { readonly values: NumberList; readonly row: Int32Array } | undefined;
}

/** @throws PredictError PREDICT_BAD_TREE when the tree is damaged */
export function readTree(json: Json, t: number, inputs: number, outputs: number): ReadTree {
  const list = listsOf(json, t);
  const left = list('left_children');
  if (left.length === 0) badTree(t, 'left_children is not a list of nodes');
  const column = (name: string): NumberList => {
    const values = list(name);
    if (values.length !== left.length) {
      badTree(t, `${name} has ${values.length} nodes, not ${left.length}`);
    }
    return values;
  };
  const tree = {
    left,
    right: column('right_children'),
    feature: column('split_indices'),
    value: column('split_conditions'),
    defaultLeft: column('default_left'),
    cover: json.sum_hessian === undefined ? new Float32Array(left.length) : column('sum_hessian'),
    categories: readCategories(json, t, left.length, column),
    vectors: readVectors(json, t, left, outputs),
  };
  checkShape(tree, t, inputs);
  return tree;
}

/** What reads the tree's lists of numbers by name. */
function listsOf(json: Json, t: number): (name: string) => NumberList {
  return (name) => numbers(json[name], (why) => badTree(t, `${name} ${why}`));
}

/** Splits by category list their nodes, and for each the categories that go right, one after the other. */
function readCategories(
  json: Json,
  t: number,
  nodes: number,
  column: (name: string) => NumberList,
): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, ReadonlySet<number>>();
  const byCategory = json.split_type === undefined ? [] : Array.from(column('split_type'));
  if (!byCategory.some((type) => type !== 0)) return found;
  const list = listsOf(json, t);
  const [at, starts, sizes, all] = [
    list('categories_nodes'),
    list('categories_segments'),
    list('categories_sizes'),
    list('categories'),
  ];
  for (let k = 0; k < at.length; k++) {
    const node = at[k] as number;
    const [start, size] = [starts[k] ?? Number.NaN, sizes[k] ?? Number.NaN];
    const inside = node >= 0 && node < nodes && start >= 0 && size >= 0 && start + size <= all.length;
    if (!inside) badTree(t, `its list of categories ${k} points outside`);
    found.set(node, new Set(Array.from({ length: size }, (_, i) => all[start + i] as number)));
  }
  const without = byCategory.findIndex((type, node) => type !== 0 && !found.has(node));
  if (without !== -1) badTree(t, `node ${without} splits by category but lists none`);
  return found;
}

/** `base_weights` of all nodes up to 3.0; from 3.1 on `leaf_weights`, whose row a leaf keeps in `right_children`. */
function readVectors(json: Json, t: number, left: NumberList, outputs: number): ReadTree['vectors'] {
  const parameters = json.tree_param === undefined ? {} : object(json.tree_param, 'tree_param');
  if (Number(parameters.size_leaf_vector ?? 1) <= 1) return undefined;
  const list = listsOf(json, t);
  const compact = json.leaf_weights !== undefined;
  const values = list(compact ? 'leaf_weights' : 'base_weights');
  const right = list('right_children');
  const row = Int32Array.from(left, (child, node) => (child !== -1 ? -1 : compact ? (right[node] as number) : node));
  if (row.some((r) => r !== -1 && !(r >= 0 && (r + 1) * outputs <= values.length))) {
    badTree(t, `a leaf points outside its ${values.length} leaf values`);
  }
  return { values, row };
}

/** Walks the tree once: every child exists, is reached once (so the walk of a row ends), and every split reads an input. */
function checkShape(tree: ReadTree, t: number, inputs: number): void {
  const seen = new Uint8Array(tree.left.length);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!(node >= 0 && node < seen.length)) badTree(t, `it points to node ${node} of ${seen.length}`);
    if (seen[node] === 1) badTree(t, `node ${node} is reached twice`);
    seen[node] = 1;
    const splits = tree.left[node] !== -1;
    const usesValue = splits ? !tree.categories.has(node) : tree.vectors === undefined;
    if (usesValue && !Number.isFinite(tree.value[node])) {
      badTree(t, `node ${node} holds no finite number`);
    }
    if (!splits) continue;
    const feature = tree.feature[node] as number;
    if (!(feature >= 0 && feature < inputs)) badTree(t, `it splits on input ${feature} of ${inputs}`);
    open.push(tree.left[node] as number, tree.right[node] as number);
  }
}

/** The trees in one set of arrays. */
export function concatenate(
  trees: readonly ReadTree[],
  outputs: number,
): Omit<Forest, 'inputs' | 'outputs' | 'output' | 'treeWeight'> {
  const nodes = trees.reduce((sum, tree) => sum + tree.left.length, 0);
  const roots = new Int32Array(trees.length);
  const left = new Int32Array(nodes);
  const right = new Int32Array(nodes);
  const feature = new Int32Array(nodes);
  const value = new Float32Array(nodes);
  const defaultLeft = new Uint8Array(nodes);
  const cover = new Float32Array(nodes);
  const categories = new Map<number, ReadonlySet<number>>();
  let first = 0;
  for (const [t, tree] of trees.entries()) {
    const start = first;
    roots[t] = start;
    left.set(
      Array.from(tree.left, (child) => (child === -1 ? -1 : child + start)),
      start,
    );
    right.set(
      Array.from(tree.right, (child, n) => (tree.left[n] === -1 ? -1 : child + start)),
      start,
    );
    feature.set(tree.feature, start);
    value.set(tree.value, start);
    defaultLeft.set(tree.defaultLeft, start);
    cover.set(tree.cover, start);
    for (const [node, toRight] of tree.categories) categories.set(node + start, toRight);
    first += tree.left.length;
  }
  return {
    roots,
    left,
    right,
    feature,
    value,
    defaultLeft,
    cover,
    categories: categories.size === 0 ? undefined : categories,
    ...concatenateVectors(trees, nodes, outputs),
  };
}

function concatenateVectors(
  trees: readonly ReadTree[],
  nodes: number,
  outputs: number,
): Pick<Forest, 'leafVectors' | 'leafRow'> {
  if (!trees.some((tree) => tree.vectors !== undefined)) return { leafVectors: undefined, leafRow: undefined };
  const leafRow = new Int32Array(nodes).fill(-1);
  const leafVectors = new Float32Array(trees.reduce((sum, { vectors }) => sum + (vectors?.values.length ?? 0), 0));
  let node = 0;
  let at = 0;
  for (const [t, { vectors, left }] of trees.entries()) {
    if (vectors === undefined) return badTree(t, 'its leaves are single numbers, those of others vectors');
    leafRow.set(
      vectors.row.map((row) => (row === -1 ? -1 : row + at / outputs)),
      node,
    );
    leafVectors.set(vectors.values, at);
    node += left.length;
    at += vectors.values.length;
  }
  return { leafVectors, leafRow };
}
