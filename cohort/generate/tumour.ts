import type { Lobe } from './clinical-record.js';
import type { RandomStream } from './random-stream.js';

interface Wave {
  readonly kx: number;
  readonly ky: number;
  readonly kz: number;
  readonly phase: number;
  readonly amplitude: number;
}

/** A star-shaped lesion around `centre`; all lengths in mm, patient space. */
export interface Tumour {
  readonly centre: readonly [x: number, y: number, z: number];
  readonly radius: number;
  /** Half-axes relative to `radius`. */
  readonly axes: readonly [number, number, number];
  /** Surface waves over the unit sphere: lobulation. */
  readonly lobes: readonly Wave[];
  /** Density waves through the volume, HU: texture. */
  readonly texture: readonly Wave[];
  readonly meanHu: number;
  /** Radius of the necrotic core relative to the surface; 0 = none. */
  readonly core: number;
}

/** Offsets of a lobe's middle from the middle of the volume, mm LPS: the patient's right is -x, the head +z. */
const lobeOffsets: Readonly<Record<Lobe, readonly [x: number, y: number, z: number]>> = {
  RUL: [-68, -10, 16],
  RML: [-66, -28, 0],
  RLL: [-68, 22, -14],
  LUL: [70, -8, 16],
  LLL: [72, 22, -14],
  'L Lingula': [68, -28, -2],
  Unknown: [70, 0, 0],
};

function wave(random: RandomStream, wavelength: number, amplitude: number): Wave {
  // A direction evenly spread over the sphere.
  const z = random.between(-1, 1);
  const angle = random.between(0, 2 * Math.PI);
  const flat = Math.sqrt(1 - z * z);
  const k = (2 * Math.PI) / wavelength;
  const phase = random.between(0, 2 * Math.PI);
  return { kx: k * flat * Math.cos(angle), ky: k * flat * Math.sin(angle), kz: k * z, phase, amplitude };
}

/** @param factor the imaging factor: larger, more lobulated and more heterogeneous as it rises */
export function drawTumour(lobe: Lobe, factor: number, random: RandomStream): Tumour {
  const [x, y, z] = lobeOffsets[lobe];
  const jitter = () => random.between(-7, 7);
  const size = Math.exp(0.3 * factor + 0.06 * random.normal());
  const heterogeneity = 32 * Math.exp(0.5 * factor + 0.08 * random.normal());
  const lobulation = 0.05 * Math.exp(0.35 * factor + 0.1 * random.normal());
  return {
    centre: [x + jitter(), y + jitter(), z + jitter()],
    radius: Math.min(28, Math.max(7.5, 14 * size)),
    axes: [random.between(0.88, 1.12), random.between(0.88, 1.12), random.between(0.88, 1.12)],
    lobes: Array.from({ length: 5 }, () => wave(random, random.between(0.8, 2), lobulation)),
    texture: Array.from({ length: 10 }, () => wave(random, random.between(10, 30), heterogeneity / Math.sqrt(5))),
    meanHu: 35 - 8 * factor + 4 * random.normal(),
    core: Math.min(0.6, Math.max(0, 0.25 + 0.2 * factor)),
  };
}

function waves(list: readonly Wave[], x: number, y: number, z: number): number {
  let sum = 0;
  for (const w of list) sum += w.amplitude * Math.cos(w.kx * x + w.ky * y + w.kz * z + w.phase);
  return sum;
}

/**
 * How deep a point lies in the lesion.
 * @param dx,dy,dz mm from the centre
 * @returns 0 at the centre, 1 on the surface, more outside; unitless
 */
export function tumourDepth(tumour: Tumour, dx: number, dy: number, dz: number): number {
  const u = dx / tumour.axes[0];
  const v = dy / tumour.axes[1];
  const w = dz / tumour.axes[2];
  const distance = Math.hypot(u, v, w);
  if (distance === 0) return 0;
  const surface = tumour.radius * (1 + waves(tumour.lobes, u / distance, v / distance, w / distance));
  return distance / surface;
}

/** Density at a point inside, HU, without noise. */
export function tumourHu(tumour: Tumour, dx: number, dy: number, dz: number, depth: number): number {
  const necrosis = depth < tumour.core ? -45 : 0;
  return tumour.meanHu + necrosis + waves(tumour.texture, dx, dy, dz);
}
