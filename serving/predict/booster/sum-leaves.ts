import { type Forest, leafOf, leafValue } from './forest.js';
import { layOut, spreadRow, stepDown, type TreeLayout } from './tree-layout.js';

type Rows = Float64Array | Float32Array;

/** Adds the leaves of rows to margins that already hold the base; margins have shape (n x outputs). */
export type SumLeaves = (rows: Rows, n: number, margins: Float32Array) => void;

/** Rows that are walked through one tree after the other while they are in the first-level cache. */
const block = 32;

/**
 * A function that adds every tree's leaf, in the order of the trees and in float32, as the library does. Numeric trees take
 * the fast layout; categories and leaf vectors the plain walk.
 */
export function leafSummer(forest: Forest): SumLeaves {
  if (forest.leafVectors !== undefined || forest.categories !== undefined) {
    return (rows, n, margins) => addWalked(forest, rows, n, margins);
  }
  const layout = layOut(forest);
  const buffer = new Int32Array(block * 2 * forest.inputs);
  return (rows, n, margins) => addLaidOut(forest, layout, buffer, rows, n, margins);
}

function addLaidOut(
  { inputs, outputs, output }: Forest,
  layout: TreeLayout,
  buffer: Int32Array,
  rows: Rows,
  n: number,
  margins: Float32Array,
): void {
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    for (let r = from; r < to; r++) spreadRow(rows, r * inputs, inputs, buffer, (r - from) * 2 * inputs);
    const fours = to - from - ((to - from) % 4);
    if (fours > 0) addRowsByFour(layout, buffer, 2 * inputs, fours, output, margins, from * outputs, outputs);
    for (let r = from + fours; r < to; r++) {
      addOneRow(layout, buffer, (r - from) * 2 * inputs, output, margins, r * outputs);
    }
  }
}

/** Four trees at a time: their walks do not wait for one another. */
function addOneRow(
  layout: TreeLayout,
  x: Int32Array,
  start: number,
  output: Int32Array,
  margins: Float32Array,
  at: number,
): void {
  const { roots, depths, leaf } = layout;
  const trees = roots.length;
  let t = 0;
  for (; t + 4 <= trees; t += 4) {
    let a = roots[t] as number;
    let b = roots[t + 1] as number;
    let c = roots[t + 2] as number;
    let d = roots[t + 3] as number;
    const deepest = Math.max(
      depths[t] as number,
      depths[t + 1] as number,
      depths[t + 2] as number,
      depths[t + 3] as number,
    );
    for (let depth = 0; depth < deepest; depth++) {
      a = stepDown(layout, a, x, start);
      b = stepDown(layout, b, x, start);
      c = stepDown(layout, c, x, start);
      d = stepDown(layout, d, x, start);
    }
    add(margins, at + (output[t] as number), leaf[a] as number);
    add(margins, at + (output[t + 1] as number), leaf[b] as number);
    add(margins, at + (output[t + 2] as number), leaf[c] as number);
    add(margins, at + (output[t + 3] as number), leaf[d] as number);
  }
  for (; t < trees; t++) {
    let a = roots[t] as number;
    for (let depth = depths[t] as number; depth > 0; depth--) {
      a = stepDown(layout, a, x, start);
    }
    add(margins, at + (output[t] as number), leaf[a] as number);
  }
}

/** Tree by tree, four rows at a time; `count` is a multiple of four. */
function addRowsByFour(
  layout: TreeLayout,
  x: Int32Array,
  stride: number,
  count: number,
  output: Int32Array,
  margins: Float32Array,
  first: number,
  outputs: number,
): void {
  const { roots, depths, leaf } = layout;
  for (let t = 0; t < roots.length; t++) {
    const root = roots[t] as number;
    const depth = depths[t] as number;
    for (let r = 0; r < count; r += 4) {
      const s0 = r * stride;
      const s1 = s0 + stride;
      const s2 = s1 + stride;
      const s3 = s2 + stride;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      for (let level = 0; level < depth; level++) {
        a = stepDown(layout, a, x, s0);
        b = stepDown(layout, b, x, s1);
        c = stepDown(layout, c, x, s2);
        d = stepDown(layout, d, x, s3);
      }
      const at = first + r * outputs + (output[t] as number);
      add(margins, at, leaf[a] as number);
      add(margins, at + outputs, leaf[b] as number);
      add(margins, at + 2 * outputs, leaf[c] as number);
      add(margins, at + 3 * outputs, leaf[d] as number);
    }
  }
}

/** The store rounds to float32, which is what a float32 addition gives. */
function add(margins: Float32Array, at: number, leaf: number): void {
  margins[at] = (margins[at] as number) + leaf;
}

/** The plain walk: any split, any leaf. */
function addWalked(forest: Forest, rows: Rows, n: number, margins: Float32Array): void {
  const { inputs, outputs, roots, output, leafRow, leafVectors } = forest;
  const row = new Float32Array(inputs);
  for (let r = 0; r < n; r++) {
    for (let j = 0; j < inputs; j++) row[j] = rows[r * inputs + j] as number;
    for (let t = 0; t < roots.length; t++) {
      const leaf = leafOf(forest, roots[t] as number, row, 0);
      const at = r * outputs;
      if (leafRow === undefined) add(margins, at + (output[t] as number), leafValue(forest, t, leaf));
      else addVector(leafVectors as Float32Array, (leafRow[leaf] as number) * outputs, margins, at, outputs);
    }
  }
}

function addVector(vectors: Float32Array, from: number, margins: Float32Array, at: number, outputs: number): void {
  for (let k = 0; k < outputs; k++) add(margins, at + k, vectors[from + k] as number);
}
