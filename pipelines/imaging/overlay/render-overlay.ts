import { encode } from 'fast-png';
import { imagingError } from '../errors.js';
import { applyAffine, gridDifference } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { annotate } from './annotate.js';
import { drawPanel, type Panel, type Picture, type Window } from './panel.js';
import { type ScreenAxis, type View, viewsOf } from './views.js';
import { lungWindow, type NamedWindow, windowsFor } from './windows.js';

/** How grey values become brightness (HU for CT). */
export interface OverlayOptions {
  /** Default: lung, centre -600, width 1500 (HU). */
  readonly window?: Window;
  /** Cut, position (LPS mm), patient's sides, window and a scale bar in every panel. Default: true. */
  readonly annotate?: boolean;
}

const [width, gap, background] = [1296, 8, 24];
const largeSide = Math.floor((width - 4 * gap) / 3);
const smallSide = Math.floor((width - 5 * gap) / 4);

/**
 * One picture of an image with its mask outlined: above, the axial, coronal and sagittal views through the centre of the
 * mask; below, four axial cuts spread evenly over it, close up, from feet to head. Distances are true in every panel.
 * @returns the bytes of a PNG of 1296 x 759 pixels, the same for the same input
 * @throws ImagingError GRID_DIFFERS, MASK_EMPTY
 */
export function renderOverlay(volume: Volume, mask: Mask, options: OverlayOptions = {}): Uint8Array {
  const difference = gridDifference(mask, volume);
  if (difference !== null) {
    throw imagingError('GRID_DIFFERS', 'The mask', difference.what, difference.found, difference.expected);
  }
  const profiles = maskProfiles(mask);
  const window = options.window ?? lungWindow;
  const height = 3 * gap + largeSide + smallSide;
  const picture: Picture = { width, height, data: new Uint8Array(3 * width * height).fill(background) };
  for (const panel of [...largePanels(volume, profiles), ...smallPanels(volume, profiles)]) {
    drawPanel(picture, panel, volume, mask, window);
    if (options.annotate !== false) annotate(picture, panel, window);
  }
  return encode({ ...picture, channels: 3, depth: 8 });
}

/** One picture per window that suits the image, see {@link windowsFor}. @throws ImagingError GRID_DIFFERS, MASK_EMPTY */
export function renderOverlays(
  volume: Volume,
  mask: Mask,
): readonly { readonly name: NamedWindow['name']; readonly png: Uint8Array }[] {
  return windowsFor(volume).map(({ name, window }) => ({ name, png: renderOverlay(volume, mask, { window }) }));
}

/** `AXIAL Z -512.3 mm`: the position of the slice's middle along the patient axis that it lies across. */
function titleOf(view: View, slice: number, volume: Volume): string {
  const middle = volume.size.map((n, axis) => (axis === view.across.axis ? slice : (n - 1) / 2));
  const position = applyAffine(volume.indexToLps, [middle[0] as number, middle[1] as number, middle[2] as number]);
  return `${view.name} ${'XYZ'[view.patientAxis]} ${Number(position[view.patientAxis].toFixed(1)) + 0} mm`;
}

/** Voxels of the mask per index, along each voxel axis. */
type Profiles = readonly [Uint32Array, Uint32Array, Uint32Array];

function maskProfiles(mask: Mask): Profiles {
  const [nx, ny, nz] = mask.size;
  const profiles: Profiles = [new Uint32Array(nx), new Uint32Array(ny), new Uint32Array(nz)];
  const [px, py, pz] = profiles;
  let found = false;
  for (let i = mask.voxels.indexOf(1); i >= 0; i = mask.voxels.indexOf(1, i + 1)) {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    px[x] = (px[x] as number) + 1;
    py[y] = (py[y] as number) + 1;
    pz[z] = (pz[z] as number) + 1;
    found = true;
  }
  if (!found) throw imagingError('MASK_EMPTY', 'The overlay', mask.label);
  return profiles;
}

const profileOf = (profiles: Profiles, axis: ScreenAxis): Uint32Array => profiles[axis.axis] as Uint32Array;

/** Indices with mask, ascending. */
const occupied = (profile: Uint32Array): number[] => [...profile.keys()].filter((i) => (profile[i] as number) > 0);

/** The index with mask that is nearest to its centre of mass: a mask in two parts is cut through one of them. */
function centralIndex(profile: Uint32Array): number {
  const total = profile.reduce((sum, n) => sum + n, 0);
  const centre = profile.reduce((sum, n, i) => sum + n * i, 0) / total;
  return occupied(profile).reduce((best, i) => (Math.abs(i - centre) < Math.abs(best - centre) ? i : best));
}

const lengthMm = (axis: ScreenAxis): number => axis.count * axis.spacingMm;

/** The three whole views, all at the same scale and centred in their box. */
function largePanels(volume: Volume, profiles: Profiles): readonly Panel[] {
  const { axial, coronal, sagittal } = viewsOf(volume);
  const views = [axial, coronal, sagittal];
  const sideMm = Math.max(...views.flatMap((view) => [lengthMm(view.right), lengthMm(view.down)]));
  const cuts = views.map((view) => ({ view, slice: centralIndex(profileOf(profiles, view.across)) }));
  return cuts.map(({ view, slice }, i) => ({
    title: titleOf(view, slice, volume),
    view,
    slice,
    left: gap + i * (largeSide + gap),
    top: gap,
    side: largeSide,
    area: { rightMm: (lengthMm(view.right) - sideMm) / 2, downMm: (lengthMm(view.down) - sideMm) / 2, sideMm },
  }));
}

/** Up to four axial cuts around the mask, with as much around it as it is wide, at least 80 mm in all. */
function smallPanels(volume: Volume, profiles: Profiles): readonly Panel[] {
  const view = viewsOf(volume).axial;
  const indices = occupied(profileOf(profiles, view.across));
  if (view.across.reversed) indices.reverse();
  const cuts = [0, 1, 2, 3].map((i) => indices[Math.floor(((i + 0.5) * indices.length) / 4)] as number);
  const [right, down] = [extentMm(view, profiles, 'right'), extentMm(view, profiles, 'down')];
  const wholeMm = Math.max(lengthMm(view.right), lengthMm(view.down));
  const sideMm = Math.min(wholeMm, Math.max(80, 2 * right.length, 2 * down.length));
  return [...new Set(cuts)].map((slice, i) => ({
    title: titleOf(view, slice, volume),
    view,
    slice,
    left: gap + i * (smallSide + gap),
    top: 2 * gap + largeSide,
    side: smallSide,
    area: { rightMm: right.centre - sideMm / 2, downMm: down.centre - sideMm / 2, sideMm },
  }));
}

/** Where the mask lies along a picture axis, in mm from its start. */
function extentMm(
  view: View,
  profiles: Profiles,
  side: 'right' | 'down',
): { readonly centre: number; readonly length: number } {
  const axis = view[side];
  const indices = occupied(profileOf(profiles, axis)).map((i) => (axis.reversed ? axis.count - 1 - i : i));
  const [low, high] = [Math.min(...indices), Math.max(...indices)];
  return { centre: ((low + high + 1) / 2) * axis.spacingMm, length: (high - low + 1) * axis.spacingMm };
}
