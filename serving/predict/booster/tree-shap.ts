import { childOf, type Forest } from './forest.js';
import { fail } from './model-json.js';

/**
 * The path from the root to a node, one element per input met on it: the share of the training rows that would follow it
 * if the input were unknown (`zero`), whether this row follows it (`one`), and the weights of the subsets by size.
 */
interface Path {
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;
}

/**
 * Shapley values of every input for the margin of rows, as trees and the cover of their nodes define them
 * (path-dependent TreeSHAP): they add up to the margin.
 * @param expected mean of each node's leaves (see {@link nodeMeans})
 * @param out shape (n x outputs x (inputs + 1)), holding what is to be added to; the last column takes the expected value
 * @see Lundberg, Erion & Lee, arXiv:1802.03888, algorithm 2
 */
export function addTreeShap(
  forest: Forest,
  expected: Float64Array,
  rows: Float64Array | Float32Array,
  n: number,
  out: Float64Array,
): void {
  const { inputs, outputs, roots, output, treeWeight } = forest;
  const row = new Float32Array(inputs);
  const paths = emptyPaths(deepestPath(forest) + 2);
  for (let r = 0; r < n; r++) {
    for (let j = 0; j < inputs; j++) row[j] = rows[r * inputs + j] as number;
    for (let t = 0; t < roots.length; t++) {
      const at = (r * outputs + (output[t] as number)) * (inputs + 1);
      const scale = treeWeight?.[t] ?? 1;
      const root = roots[t] as number;
      out[at + inputs] = (out[at + inputs] as number) + scale * (expected[root] as number);
      descend({ forest, row, paths, out, at, scale }, root, 0, 1, 1, -1);
    }
  }
}

/** Mean of a node's leaves, weighted by cover; shape (nodes). @throws PredictError when the model holds no cover, or leaf vectors */
export function nodeMeans(forest: Forest): Float64Array {
  const { left, right, value, cover, roots } = forest;
  const means = new Float64Array(left.length);
  if (forest.leafVectors !== undefined) fail('PREDICT_NO_CONTRIBUTIONS', 'its leaves hold a value for each output');
  const visit = (node: number): number => {
    if (left[node] === -1) means[node] = value[node] as number;
    else {
      const [a, b] = [left[node] as number, right[node] as number];
      const all = cover[node] as number;
      if (!(all > 0))
        return fail('PREDICT_NO_CONTRIBUTIONS', 'it does not say how many training rows reached its nodes');
      means[node] = (visit(a) * (cover[a] as number) + visit(b) * (cover[b] as number)) / all;
    }
    return means[node] as number;
  };
  for (const root of roots) visit(root);
  return means;
}

/** One path per depth: a child's path starts as a copy of its parent's. */
function emptyPaths(depth: number): readonly Path[] {
  return Array.from({ length: depth }, () => ({
    feature: new Int32Array(depth + 1),
    zero: new Float64Array(depth + 1),
    one: new Float64Array(depth + 1),
    weight: new Float64Array(depth + 1),
  }));
}

function deepestPath(forest: Forest): number {
  const depthOf = (node: number): number =>
    forest.left[node] === -1
      ? 0
      : 1 + Math.max(depthOf(forest.left[node] as number), depthOf(forest.right[node] as number));
  let deepest = 0;
  for (const root of forest.roots) deepest = Math.max(deepest, depthOf(root));
  return deepest;
}

interface Walk {
  readonly forest: Forest;
  readonly row: Float32Array;
  readonly paths: readonly Path[];
  readonly out: Float64Array;
  readonly at: number;
  readonly scale: number;
}

/**
 * @param depth  elements on the path before this node's
 * @param zero, one  of the split above
 * @param feature of the split above, -1 at the root
 * @param level  of the recursion, which owns `paths[level]`
 */
function descend(walk: Walk, node: number, depth: number, zero: number, one: number, feature: number, level = 0): void {
  const { forest, row, paths } = walk;
  const path = paths[level] as Path;
  if (level > 0) copyPath(paths[level - 1] as Path, path, depth);
  extend(path, depth, zero, one, feature);
  if (forest.left[node] === -1) {
    addLeaf(walk, path, depth, forest.value[node] as number);
    return;
  }
  const split = forest.feature[node] as number;
  const hot = childOf(forest, node, row[split] as number);
  const cold = (hot === forest.left[node] ? forest.right[node] : forest.left[node]) as number;
  const cover = forest.cover[node] as number;
  let elements = depth;
  let zeroAbove = 1;
  let oneAbove = 1;
  for (let i = 1; i <= depth; i++) {
    if (path.feature[i] !== split) continue;
    zeroAbove = path.zero[i] as number;
    oneAbove = path.one[i] as number;
    unwind(path, depth, i);
    elements--;
    break;
  }
  const share = (child: number): number => ((forest.cover[child] as number) / cover) * zeroAbove;
  descend(walk, hot, elements + 1, share(hot), oneAbove, split, level + 1);
  descend(walk, cold, elements + 1, share(cold), 0, split, level + 1);
}

function copyPath(from: Path, to: Path, elements: number): void {
  for (let i = 0; i < elements; i++) {
    to.feature[i] = from.feature[i] as number;
    to.zero[i] = from.zero[i] as number;
    to.one[i] = from.one[i] as number;
    to.weight[i] = from.weight[i] as number;
  }
}

function addLeaf({ out, at, scale }: Walk, path: Path, depth: number, leaf: number): void {
  for (let i = 1; i <= depth; i++) {
    const weight = unwoundSum(path, depth, i);
    const to = at + (path.feature[i] as number);
    out[to] = (out[to] as number) + scale * weight * ((path.one[i] as number) - (path.zero[i] as number)) * leaf;
  }
}

function extend({ feature, zero, one, weight }: Path, depth: number, z: number, o: number, f: number): void {
  feature[depth] = f;
  zero[depth] = z;
  one[depth] = o;
  weight[depth] = depth === 0 ? 1 : 0;
  for (let i = depth - 1; i >= 0; i--) {
    weight[i + 1] = (weight[i + 1] as number) + (o * (weight[i] as number) * (i + 1)) / (depth + 1);
    weight[i] = (z * (weight[i] as number) * (depth - i)) / (depth + 1);
  }
}

/** Takes element `index` off the path, as if it had never been added. */
function unwind({ feature, zero, one, weight }: Path, depth: number, index: number): void {
  const o = one[index] as number;
  const z = zero[index] as number;
  let next = weight[depth] as number;
  for (let i = depth - 1; i >= 0; i--) {
    if (o !== 0) {
      const before = weight[i] as number;
      weight[i] = (next * (depth + 1)) / ((i + 1) * o);
      next = before - ((weight[i] as number) * z * (depth - i)) / (depth + 1);
    } else {
      weight[i] = ((weight[i] as number) * (depth + 1)) / (z * (depth - i));
    }
  }
  for (let i = index; i < depth; i++) {
    feature[i] = feature[i + 1] as number;
    zero[i] = zero[i + 1] as number;
    one[i] = one[i + 1] as number;
  }
}

/** Sum of the weights that the path would have without element `index`. */
function unwoundSum({ zero, one, weight }: Path, depth: number, index: number): number {
  const o = one[index] as number;
  const z = zero[index] as number;
  let next = weight[depth] as number;
  let total = 0;
  for (let i = depth - 1; i >= 0; i--) {
    if (o !== 0) {
      const part = (next * (depth + 1)) / ((i + 1) * o);
      total += part;
      next = (weight[i] as number) - (part * z * (depth - i)) / (depth + 1);
    } else if (z !== 0) {
      total += (weight[i] as number) / ((z * (depth - i)) / (depth + 1));
    }
  }
  return total;
}
