import type { Mask, Volume } from '../../../pipelines/imaging/index.js';
import type { RegionFacts, Triple } from '../replies/patient-reply.js';

/** Length in mm of one step along each voxel axis. */
export function spacingMm({ indexToLps: m }: Pick<Volume, 'indexToLps'>): Triple {
  const length = (axis: number) => Math.hypot(m[axis] as number, m[4 + axis] as number, m[8 + axis] as number);
  return [length(0), length(1), length(2)];
}

/** Size, place and density of a region. The mask is on the volume's grid and not empty. */
export function regionFacts(volume: Volume, mask: Mask): RegionFacts {
  const inside = voxelsOf(mask);
  const values = Float64Array.from(inside, (i) => volume.voxels[i] as number).sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))] as number;
  const [dx, dy, dz] = spacingMm(volume);
  return {
    label: mask.label,
    voxels: inside.length,
    volumeMl: (inside.length * dx * dy * dz) / 1000,
    centreRasMm: rasOf(mask.indexToLps, centralVoxel(inside, mask.size)),
    hu: { low: at(0.05), median: at(0.5), high: at(0.95) },
  };
}

function voxelsOf({ voxels }: Mask): readonly number[] {
  const inside: number[] = [];
  for (let i = voxels.indexOf(1); i >= 0; i = voxels.indexOf(1, i + 1)) inside.push(i);
  return inside;
}

function indexOf(i: number, [nx, ny]: Triple): Triple {
  return [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
}

/** The centre of mass may lie outside of a bent region, so the nearest voxel of the region is taken. */
function centralVoxel(inside: readonly number[], size: Triple): Triple {
  const sum = [0, 0, 0];
  for (const i of inside) {
    const [x, y, z] = indexOf(i, size);
    sum[0] = (sum[0] as number) + x;
    sum[1] = (sum[1] as number) + y;
    sum[2] = (sum[2] as number) + z;
  }
  const [cx, cy, cz] = sum.map((one) => one / inside.length) as unknown as Triple;
  let best: Triple = [0, 0, 0];
  let nearest = Number.POSITIVE_INFINITY;
  for (const i of inside) {
    const [x, y, z] = indexOf(i, size);
    const distance = (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2;
    if (distance >= nearest) continue;
    nearest = distance;
    best = [x, y, z];
  }
  return best;
}

/** LPS and RAS differ in the sign of the first two coordinates. */
function rasOf(m: readonly number[], [x, y, z]: Triple): Triple {
  const row = (at: number) =>
    (m[at] as number) * x + (m[at + 1] as number) * y + (m[at + 2] as number) * z + (m[at + 3] as number);
  return [0 - row(0), 0 - row(4), row(8)];
}
