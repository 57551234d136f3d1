import type { Volume } from '../volume/volume.js';
import type { BoundingBox } from './roi.js';

/** Number of separate parts of a mask; voxels that touch by a face, an edge or a corner belong together. */
export function componentCount(mask: Uint8Array, size: Volume['size'], box: BoundingBox): number {
  const [bx, by, bz] = box.size;
  const px = bx + 2;
  const py = by + 2;
  const left = new Uint8Array(px * py * (bz + 2));
  for (let z = 0; z < bz; z++) {
    for (let y = 0; y < by; y++) {
      const from = box.start[0] + size[0] * (box.start[1] + y + size[1] * (box.start[2] + z));
      left.set(mask.subarray(from, from + bx), 1 + px * (y + 1 + py * (z + 1)));
    }
  }
  const steps = [-1, 0, 1].flatMap((z) => [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => x + px * (y + py * z))));
  const stack = new Int32Array(left.length);
  let count = 0;
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    count++;
    let top = 0;
    stack[top++] = start;
    left[start] = 0;
    while (top > 0) {
      const i = stack[--top] as number;
      for (let k = 0; k < steps.length; k++) {
        const j = i + (steps[k] as number);
        if (left[j] === 0) continue;
        left[j] = 0;
        stack[top++] = j;
      }
    }
  }
  return count;
}
