/**
 * Gradient-boosted trees as flat arrays over all nodes of all trees, in the order of the trees. A node is a leaf when
 * `left` is -1; then `value` is what the leaf adds (or, with leaf vectors, `leafRow` says where its values are).
 * Otherwise `value` is the split's threshold, or, where `categories` says so, a split by category. All numbers are float32
 * as in the library.
 */
export interface Forest {
  /** Inputs per row. */
  readonly inputs: number;
  /** Margins per row. */
  readonly outputs: number;
  /** Index of each tree's root, shape (trees). */
  readonly roots: Int32Array;
  /** Which output a tree adds to, shape (trees); all 0 when leaves hold vectors. */
  readonly output: Int32Array;
  /** What a tree's leaves are multiplied by (dart), or undefined. */
  readonly treeWeight: Float32Array | undefined;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly value: Float32Array;
  /** 1 where a missing value goes left. */
  readonly defaultLeft: Uint8Array;
  /** Sum of the training rows' second derivatives that reached the node: its weight in attributions. */
  readonly cover: Float32Array;
  /** Per node: the categories that go right, where the split is by category; undefined when no split is. */
  readonly categories: ReadonlyMap<number, ReadonlySet<number>> | undefined;
  /** Leaf vectors, row-major, shape (leaves x outputs); undefined when leaves are single numbers. */
  readonly leafVectors: Float32Array | undefined;
  /** Row of `leafVectors` per node, -1 for splits. */
  readonly leafRow: Int32Array | undefined;
}

/** Categories are whole numbers below this; anything else goes left, as in the library. */
const categoryLimit = 2 ** 24;

/** The child that a float32 value leads to; a missing value takes the node's own direction. */
export function childOf(forest: Forest, node: number, x: number): number {
  const { left, right, value, defaultLeft, categories } = forest;
  let goLeft: boolean;
  if (Number.isNaN(x)) goLeft = defaultLeft[node] === 1;
  else {
    const toRight = categories?.get(node);
    if (toRight === undefined) goLeft = x < (value[node] as number);
    else goLeft = x < 0 || x >= categoryLimit || !toRight.has(Math.trunc(x));
  }
  return (goLeft ? left[node] : right[node]) as number;
}

/** The leaf a row (float32, positions start …) falls into. */
export function leafOf(forest: Forest, root: number, row: Float32Array, start: number): number {
  let node = root;
  while (forest.left[node] !== -1) {
    node = childOf(forest, node, row[start + (forest.feature[node] as number)] as number);
  }
  return node;
}

/** What leaf `node` of tree `t` adds, float32: dart multiplies it by the tree's weight. */
export function leafValue({ value, treeWeight }: Forest, t: number, node: number): number {
  const leaf = value[node] as number;
  return treeWeight === undefined ? leaf : Math.fround(leaf * (treeWeight[t] as number));
}
