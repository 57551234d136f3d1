import { applyAffine, type Vec3 } from './affine.js';
import { type Mask, type Volume, withoutFiles } from './volume.js';

/** First voxel and size of a box of voxels. */
export interface VoxelBox {
  readonly start: Vec3;
  readonly size: Vec3;
}

/** A box with voxels added around it, cut off at the edges of the image. */
export function padBox(box: VoxelBox, by: number | Vec3, size: Vec3): VoxelBox {
  const pad = (d: 0 | 1 | 2) => (typeof by === 'number' ? by : by[d]);
  const low = (d: 0 | 1 | 2) => Math.max(0, box.start[d] - pad(d));
  const high = (d: 0 | 1 | 2) => Math.min(size[d], box.start[d] + box.size[d] + pad(d));
  return {
    start: [low(0), low(1), low(2)],
    size: [high(0) - low(0), high(1) - low(1), high(2) - low(2)],
  };
}

/** Copies a box of voxels row by row into `out`, which has the size of the box. */
export function copyBox(voxels: ArrayLike<number>, size: Vec3, box: VoxelBox, out: { [i: number]: number }): void {
  const [nx, ny, nz] = box.size;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let from = box.start[0] + size[0] * (box.start[1] + y + size[1] * (box.start[2] + z));
      for (let x = 0; x < nx; x++, i++, from++) out[i] = voxels[from] as number;
    }
  }
}

const count = (box: VoxelBox) => box.size[0] * box.size[1] * box.size[2];

/** The grid of a box. */
function cropGrid<G extends Volume | Mask>(grid: G, box: VoxelBox): G {
  const origin = applyAffine(grid.indexToLps, box.start);
  const indexToLps = grid.indexToLps.map((v, i) => (i % 4 === 3 && i < 12 ? (origin[(i - 3) / 4] as number) : v));
  return { ...grid, size: box.size, indexToLps };
}

/** The part of a volume inside a box, in a type that holds its values exactly. */
export function cropVolume(volume: Volume, box: VoxelBox): Volume {
  const make = volume.voxels.constructor as new (n: number) => Volume['voxels'];
  const voxels = new make(count(box));
  copyBox(volume.voxels, volume.size, box, voxels);
  return { ...cropGrid(withoutFiles(volume), box), voxels };
}

/** The part of a mask inside a box. */
export function cropMask(mask: Mask, box: VoxelBox): Mask {
  const voxels = new Uint8Array(count(box));
  copyBox(mask.voxels, mask.size, box, voxels);
  return { ...cropGrid(mask, box), voxels };
}
