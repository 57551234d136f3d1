import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { type Affine, affineFromAxes, type Vec3 } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { renderOverlay, renderOverlays } from './render-overlay.js';
import { viewsOf } from './views.js';
import { windowsFor } from './windows.js';

type Index = readonly [x: number, y: number, z: number];

/** A volume and mask from functions of the LPS position of each voxel, mm. */
function scene(
  size: Volume['size'],
  indexToLps: Affine,
  value: (p: Vec3) => number,
  inside: (p: Vec3) => boolean,
): [Volume, Mask] {
  const voxels = new Float32Array(size[0] * size[1] * size[2]);
  const mask = new Uint8Array(voxels.length);
  const at = (i: Index): Vec3 =>
    [0, 4, 8].map((r) =>
      [0, 1, 2, 3].reduce((s, c) => s + (indexToLps[r + c] as number) * (c < 3 ? (i[c] as number) : 1), 0),
    ) as unknown as Vec3;
  for (let z = 0, v = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++, v++) {
        const p = at([x, y, z]);
        voxels[v] = value(p);
        mask[v] = inside(p) ? 1 : 0;
      }
    }
  }
  return [
    { voxels, size, indexToLps },
    { voxels: mask, size, indexToLps, label: 'test' },
  ];
}

/** A 90 mm cube around 0: bright on the patient's left, front and head side; a ball of radius 20 mm as mask. */
const bright = ([l, p, s]: Vec3) => (l > 10 ? 100 : 0) + (p < -10 ? 50 : 0) + (s > 10 ? 25 : 0);
const ball = ([l, p, s]: Vec3) => Math.hypot(l, p, s) <= 20;
const window = { centre: 100, width: 200 };

function picture(volume: Volume, mask: Mask) {
  const png = decode(renderOverlay(volume, mask, { window }));
  const pixel = (x: number, y: number) => [...png.data.subarray(3 * (y * png.width + x), 3 * (y * png.width + x) + 3)];
  const isOutline = (x: number, y: number) => {
    const at = 3 * (y * png.width + x);
    return png.data[at] === 255 && png.data[at + 1] === 64 && png.data[at + 2] === 32;
  };
  return { png, pixel, isOutline };
}

/** Brightness near the corners of a large panel: upper left, upper right, lower left, lower right, in steps of the scene. */
function corners(pixel: (x: number, y: number) => number[], panel: number) {
  const left = 8 + panel * 429;
  const grey = (u: number, v: number) => Math.round(((pixel(left + u, 8 + v)[0] as number) / 255) * 200);
  return [grey(30, 30), grey(390, 30), grey(30, 390), grey(390, 390)];
}

const plain = affineFromAxes([1.5, 0, 0], [0, 1.5, 0], [0, 0, 5], [-44.25, -44.25, -42.5]);

describe('the picture', () => {
  const [volume, mask] = scene([60, 60, 18], plain, bright, ball);

  test('has three views and four cuts, patient right on the left, front and head on top', () => {
    const { png, pixel } = picture(volume, mask);
    expect([png.width, png.height, png.channels]).toEqual([1296, 759, 3]);
    // axial through s = 2.5 or so: left is on the right (100), front on top (50)
    expect(corners(pixel, 0)).toEqual([50, 150, 0, 100]);
    // coronal through p near 0: left on the right (100), head on top (25)
    expect(corners(pixel, 1)).toEqual([25, 125, 0, 100]);
    // sagittal through l near 0: front on the left (50), head on top (25)
    expect(corners(pixel, 2)).toEqual([75, 25, 50, 0]);
  });

  test('distances are true although slices are 5 mm and pixels 1.5 mm', () => {
    const { isOutline } = picture(volume, mask);
    const span = (test: (i: number) => boolean, length: number) => {
      const hits = [...Array(length).keys()].filter(test);
      return (Math.max(...hits) - Math.min(...hits) + 1) * (90 / 421);
    };
    for (const panel of [0, 1, 2]) {
      const left = 8 + panel * 429;
      const wide = span((u) => [...Array(421).keys()].some((v) => isOutline(left + u, 8 + v)), 421);
      const high = span((v) => [...Array(421).keys()].some((u) => isOutline(left + u, 8 + v)), 421);
      expect(Math.abs(wide - 40)).toBeLessThan(3);
      // in the coronal and sagittal views a slice is 5 mm high
      expect(Math.abs(high - 40)).toBeLessThan(panel === 0 ? 3 : 6);
    }
  });

  test('each of the four cuts shows an outline', () => {
    const { isOutline } = picture(volume, mask);
    for (const cut of [0, 1, 2, 3]) {
      let found = 0;
      for (let v = 0; v < 314; v++) for (let u = 0; u < 314; u++) if (isOutline(8 + cut * 322 + u, 437 + v)) found++;
      expect(found).toBeGreaterThan(100);
    }
  });

  test('is the same for the same scene stored along other axes and in other directions', () => {
    const { pixel } = picture(volume, mask);
    const expected = [0, 1, 2].map((panel) => corners(pixel, panel));
    const others: [Volume['size'], Affine][] = [
      [[60, 60, 18], affineFromAxes([-1.5, 0, 0], [0, -1.5, 0], [0, 0, -5], [44.25, 44.25, 42.5])],
      [[60, 18, 60], affineFromAxes([1.5, 0, 0], [0, 0, -5], [0, 1.5, 0], [-44.25, -44.25, 42.5])],
      [[18, 60, 60], affineFromAxes([0, 0, 5], [-1.5, 0, 0], [0, 1.5, 0], [44.25, -44.25, -42.5])],
    ];
    for (const [size, affine] of others) {
      const turned = picture(...scene(size, affine, bright, ball));
      expect([0, 1, 2].map((panel) => corners(turned.pixel, panel))).toEqual(expected);
    }
  });

  test('the same input gives the same bytes, and no text chunk', () => {
    const png = renderOverlay(volume, mask);
    expect(Buffer.compare(png, renderOverlay(volume, mask))).toBe(0);
    expect(decode(png).text).toEqual({});
  });

  test('the scale bar is as long as it says, and can be left out', () => {
    const isInk = (p: readonly number[]) => p[0] === 255 && p[1] === 224 && p[2] === 96;
    const { pixel } = picture(volume, mask);
    // 90 mm across 421 pixels: the bar is 20 mm
    const bar = [...Array(421).keys()].filter((u) => isInk(pixel(8 + u, 8 + 421 - 8)));
    const first = bar[0] as number;
    const gap = bar.findIndex((u, i) => u !== first + i);
    expect(Math.abs(gap * (90 / 421) - 20)).toBeLessThan(0.5);
    const plainPicture = decode(renderOverlay(volume, mask, { window, annotate: false }));
    let inked = 0;
    for (let i = 0; i < plainPicture.data.length; i += 3) if (isInk([...plainPicture.data.subarray(i, i + 3)])) inked++;
    expect(inked).toBe(0);
  });

  test('titles, sides and positions follow the patient, not the voxel axes', () => {
    const views = viewsOf({ size: [60, 60, 18], indexToLps: plain });
    expect([views.axial, views.coronal, views.sagittal].map((v) => Object.values(v.edges).join(''))).toEqual([
      'RLAP',
      'RLSI',
      'APSI',
    ]);
    const c = Math.cos(0.2);
    const s = Math.sin(0.2);
    const tilted = affineFromAxes([1, 0, 0], [0, c, s], [0, -s, c], [0, 0, 0]);
    expect(viewsOf({ size: [9, 9, 9], indexToLps: tilted }).axial.name).toBe('AXIAL OBLIQUE');
    expect(viewsOf({ size: [9, 9, 9], indexToLps: tilted }).sagittal.name).toBe('SAGITTAL');
  });

  test('an image in HU is shown in the lung and the mediastinal window, another in its own range', () => {
    const air = { ...volume, voxels: Float32Array.from(volume.voxels, (v) => v - 1000) };
    const shown = renderOverlays(air, mask);
    expect(shown.map(({ name }) => name)).toEqual(['lung', 'mediastinum']);
    const lung = renderOverlay(air, mask, { window: { centre: -600, width: 1500 } });
    const soft = renderOverlay(air, mask, { window: { centre: 40, width: 400 } });
    expect(shown.map(({ png }) => Buffer.from(png).toString('base64'))).toEqual(
      [lung, soft].map((png) => Buffer.from(png).toString('base64')),
    );
    expect(windowsFor(volume)).toEqual([{ name: 'range', window: { centre: 87.5, width: 175 } }]);
    const flat = { ...volume, voxels: new Float32Array(volume.voxels.length).fill(7) };
    expect(windowsFor(flat)).toEqual([{ name: 'range', window: { centre: 7, width: 1 } }]);
    const holed = { ...volume, voxels: Float32Array.from(volume.voxels, (v, i) => (i % 7 === 0 ? Number.NaN : v)) };
    expect(windowsFor(holed)[0]?.window).toEqual({ centre: 87.5, width: 175 });
  });

  test('a mask of one voxel, on one slice', () => {
    const [small, dot] = scene(
      [8, 8, 1],
      plain,
      () => 0,
      ([l, p]) => Math.hypot(l + 35.25, p + 35.25) < 0.5,
    );
    const { isOutline } = picture(small, dot);
    let found = 0;
    for (let y = 0; y < 759; y++) for (let x = 0; x < 1296; x++) if (isOutline(x, y)) found++;
    expect(found).toBeGreaterThan(0);
  });

  test('an empty mask, or one on another grid, is refused', () => {
    const empty = { ...mask, voxels: new Uint8Array(mask.voxels.length) };
    expect(() => renderOverlay(volume, empty)).toThrow(/no voxel/);
    expect(() => renderOverlay(volume, { ...mask, size: [60, 60, 17] })).toThrow(/its size is 60 x 60 x 17/);
  });
});
