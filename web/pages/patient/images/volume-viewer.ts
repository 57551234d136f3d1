import type { NVImage as NiivueImage, Niivue as NiivueViewer } from '@niivue/niivue';
import type { Triple } from './nifti.js';
import type { GreyWindow } from './windows.js';

/** What is shown: three cuts and a rendering, or one of them. */
export type ViewName = 'all' | 'axial' | 'coronal' | 'sagittal' | '3D';

/** Where the three cuts meet. */
export interface Place {
  readonly rasMm: Triple;
  /** Number of the sagittal, coronal and axial cut, from 0, counted to the patient's right, front and head. */
  readonly cuts: Triple;
  readonly hu: number;
}

/** Files of one patient, unpacked. */
export interface ViewedFiles {
  readonly volume: ArrayBuffer;
  readonly mask: ArrayBuffer | null;
}

/** Colour of the outline, red, green, blue: seen on air, tissue and bone alike. */
export const outlineColour: Triple = [255, 64, 64];
/** The inside of the outline lets the tissue through. */
const insideAlpha = 0.12;
const outlineMm = 0.8;
/**
 * The viewer's own program for cuts draws a black line around what an overlay covers wholly, which on interpolated masks lies half a
 * voxel inside. Ours is coloured and runs where the mask passes one half.
 */
const changes = [
  [
    'ocolor = vec4(0.0, 0.0, 0.0, 1.0);',
    `ocolor = vec4(${outlineColour.map((part) => (part / 255).toFixed(3)).join(', ')}, 1.0);`,
  ],
  ['(ocolor.a < 1.0)', '(ocolor.a < 0.5)'],
  ['if (a >= 1.0)', 'if (a >= 0.5)'],
] as const;
/** Degrees: from where a rendering is seen first. */
const renderAngle = { azimuth: 110, elevation: 15 };

/** Cuts and rendering of a volume with its outlined region, on one canvas. */
export class VolumeViewer {
  readonly #nv: NiivueViewer;
  readonly #volume: NiivueImage;
  readonly #types: Readonly<Record<ViewName, number>>;

  private constructor(nv: NiivueViewer, volume: NiivueImage, types: Readonly<Record<ViewName, number>>) {
    this.#nv = nv;
    this.#volume = volume;
    this.#types = types;
  }

  /** Opens a viewer on a canvas of the page; the code behind it is loaded now. */
  static async open(
    canvas: HTMLCanvasElement,
    { volume, mask }: ViewedFiles,
    window: GreyWindow,
    onPlace: (place: Place) => void,
  ): Promise<VolumeViewer> {
    const { MULTIPLANAR_TYPE, Niivue, NVImage, SHOW_RENDER, SLICE_TYPE } = await import('@niivue/niivue');
    const nv = new Niivue({
      isRadiologicalConvention: true,
      multiplanarShowRender: SHOW_RENDER.ALWAYS,
      multiplanarLayout: MULTIPLANAR_TYPE.GRID,
      crosshairColor: [0.35, 0.75, 1, 0.8],
      fontColor: [0.9, 0.9, 0.9, 1],
      backColor: [0, 0, 0, 1],
      dragAndDropEnabled: false,
      // A thin cross with a gap, so that what it points at is seen.
      crosshairWidthUnit: 'mm',
      crosshairWidth: 1,
      crosshairGap: 12,
      logLevel: 'error',
    });
    await nv.attachToCanvas(canvas);
    const { low, high } = rangeOf(window);
    const image = await NVImage.loadFromUrl({
      url: 'volume.nii',
      buffer: volume,
      colormap: 'gray',
      cal_min: low,
      cal_max: high,
    });
    nv.addVolume(image);
    if (mask !== null) {
      const region = await NVImage.loadFromUrl({
        url: 'mask.nii',
        buffer: mask,
        colormap: 'red',
        cal_min: 0.1,
        cal_max: 1,
      });
      nv.addVolume(region);
      colourOutline(nv, Math.min(...(image.pixDimsRAS ?? [1, 1, 1, 1]).slice(1, 4)));
    }
    nv.setRenderAzimuthElevation(renderAngle.azimuth, renderAngle.elevation);
    const viewer = new VolumeViewer(nv, image, {
      all: SLICE_TYPE.MULTIPLANAR,
      axial: SLICE_TYPE.AXIAL,
      coronal: SLICE_TYPE.CORONAL,
      sagittal: SLICE_TYPE.SAGITTAL,
      '3D': SLICE_TYPE.RENDER,
    });
    nv.onLocationChange = () => onPlace(viewer.place);
    return viewer;
  }

  /** Numbers of sagittal, coronal and axial cuts. */
  get cutCounts(): Triple {
    const [, x = 1, y = 1, z = 1] = this.#volume.dimsRAS ?? [];
    return [x, y, z];
  }

  /** Where the cuts meet now. */
  get place(): Place {
    const fraction = this.#nv.scene.crosshairPos;
    const [x = 0, y = 0, z = 0] = this.#nv.frac2mm(fraction, 0, true);
    const counts = this.cutCounts;
    const cut = (axis: 0 | 1 | 2) =>
      Math.max(0, Math.min(counts[axis] - 1, Math.floor((fraction[axis] ?? 0) * counts[axis])));
    const [i = 0, j = 0, k = 0] = this.#volume.mm2vox([x, y, z]);
    return { rasMm: [x, y, z], cuts: [cut(0), cut(1), cut(2)], hu: this.#volume.getValue(i, j, k) };
  }

  /** Moves one cut: 0 sagittal, 1 coronal, 2 axial. */
  showCut(axis: 0 | 1 | 2, cut: number): void {
    this.#nv.scene.crosshairPos[axis] = (cut + 0.5) / this.cutCounts[axis];
    this.#moved();
  }

  /** Lets the cuts meet at a position, RAS mm. */
  goTo([x, y, z]: Triple): void {
    const [i, j, k] = this.#nv.mm2frac([x, y, z], 0, true);
    this.#nv.scene.crosshairPos = [i ?? 0.5, j ?? 0.5, k ?? 0.5];
    this.#moved();
  }

  /** Shows these HU from black to white. */
  showWindow(window: GreyWindow): void {
    const { low, high } = rangeOf(window);
    this.#volume.cal_min = low;
    this.#volume.cal_max = high;
    this.#nv.updateGLVolume();
  }

  /** Shows the outline, or the image alone. */
  showRegion(shown: boolean): void {
    if (this.#nv.volumes.length > 1) this.#nv.setOpacity(1, shown ? 1 : 0);
  }

  /** Shows the cuts, the rendering, or all of them. */
  showView(view: ViewName): void {
    this.#nv.setSliceType(this.#types[view]);
  }

  /** Lets go of the canvas and of the memory of the graphics card. */
  close(): void {
    this.#nv.cleanup();
    this.#nv.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #moved(): void {
    this.#nv.drawScene();
    this.#nv.onLocationChange(this.place);
  }
}

/** The outline in its own colour, over an inside that is hardly tinted. */
function colourOutline(nv: NiivueViewer, spacingMm: number): void {
  const { gl, sliceMMShader } = nv;
  const shaders = sliceMMShader === undefined ? null : gl.getAttachedShaders(sliceMMShader.program);
  const cuts = shaders?.find((shader) => gl.getShaderParameter(shader, gl.SHADER_TYPE) === gl.FRAGMENT_SHADER);
  const source = cuts === undefined ? null : gl.getShaderSource(cuts);
  if (source !== null && changes.every(([from]) => source.includes(from))) {
    nv.setCustomSliceShader(changes.reduce((text, [from, to]) => text.replaceAll(from, to), source));
  }
  nv.overlayOutlineWidth = Math.max(0.2, Math.min(1, outlineMm / spacingMm));
  nv.overlayAlphaShader = insideAlpha;
}

function rangeOf({ centre, width }: GreyWindow): { readonly low: number; readonly high: number } {
  return { low: centre - width / 2, high: centre + width / 2 };
}

/** Whether this browser can draw volumes. */
export function canDrawVolumes(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}
