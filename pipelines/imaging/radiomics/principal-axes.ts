import type { Roi } from './roi.js';

/**
 * Eigenvalues (mm2, ascending) of the covariance of the voxel centres of a region, divided by their number.
 * Sums are taken over voxel indices, hence exact; the spacing enters afterwards. A direction without extent gives 0.
 */
export function principalVariances(roi: Roi): readonly [least: number, minor: number, major: number] {
  const [nx, ny, nz] = roi.size;
  let [sx, sy, sz, xx, yy, zz, xy, xz, yz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        if (roi.inside[i] === 0) continue;
        sx += x;
        sy += y;
        sz += z;
        xx += x * x;
        yy += y * y;
        zz += z * z;
        xy += x * y;
        xz += x * z;
        yz += y * z;
      }
    }
  }
  const n = roi.voxelCount;
  const [ax, ay, az] = roi.spacing;
  const covariance = (product: number, a: number, b: number) => (product - (a * b) / n) / n;
  const eigenvalues = symmetricEigenvalues([
    covariance(xx, sx, sx) * ax * ax,
    covariance(xy, sx, sy) * ax * ay,
    covariance(xz, sx, sz) * ax * az,
    covariance(yy, sy, sy) * ay * ay,
    covariance(yz, sy, sz) * ay * az,
    covariance(zz, sz, sz) * az * az,
  ]);
  // Rounding may leave a hair below zero in a direction without extent.
  const [least, minor, major] = eigenvalues.map((v) => Math.max(0, v));
  return [least as number, minor as number, major as number];
}

/** Upper triangle of a symmetric 3 x 3 matrix: xx, xy, xz, yy, yz, zz. */
type Symmetric3 = readonly [number, number, number, number, number, number];

/** Eigenvalues in ascending order, by Jacobi rotations (Golub and Van Loan, section 8.5). */
export function symmetricEigenvalues([xx, xy, xz, yy, yz, zz]: Symmetric3): number[] {
  const m = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  const get = (i: number, j: number) => (m[i] as number[])[j] as number;
  const set = (i: number, j: number, v: number) => {
    (m[i] as number[])[j] = v;
    (m[j] as number[])[i] = v;
  };
  for (let sweep = 0; sweep < 50; sweep++) {
    const off = get(0, 1) ** 2 + get(0, 2) ** 2 + get(1, 2) ** 2;
    if (off === 0) break;
    for (const [p, q, r] of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 2, 0],
    ] as const) {
      const apq = get(p, q);
      if (apq === 0) continue;
      const theta = (get(q, q) - get(p, p)) / (2 * apq);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      const s = t * c;
      const [arp, arq] = [get(r, p), get(r, q)];
      set(p, p, get(p, p) - t * apq);
      set(q, q, get(q, q) + t * apq);
      set(p, q, 0);
      set(r, p, c * arp - s * arq);
      set(r, q, s * arp + c * arq);
    }
  }
  return [get(0, 0), get(1, 1), get(2, 2)].sort((a, b) => a - b);
}
