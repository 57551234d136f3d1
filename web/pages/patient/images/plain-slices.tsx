import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RegionFacts } from '../../../server/replies/patient-reply.js';
import { axialAxes, type NiftiImage, positionOf, readNifti, type ScreenAxis, type Triple } from './nifti.js';
import { sideText } from './position.js';
import { slicePixels } from './slice-picture.js';
import { SliceSlider } from './slice-slider.js';
import { outlineColour, type ViewedFiles } from './volume-viewer.js';
import type { GreyWindow } from './windows.js';

/** Longest side of the picture in pixels of the screen. */
const sidePixels = 560;

/** Axial slices on a plain canvas, for browsers without WebGL 2. */
export function PlainSlices({
  files,
  window,
  regionShown,
  region,
}: {
  readonly files: ViewedFiles;
  readonly window: GreyWindow;
  readonly regionShown: boolean;
  readonly region: RegionFacts | null;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const volume = useMemo(() => readNifti(files.volume), [files]);
  const mask = useMemo(() => (files.mask === null ? null : readNifti(files.mask)), [files]);
  const axes = useMemo(() => axialAxes(volume), [volume]);
  const middle = region === null ? Math.floor(axes.across.count / 2) : sliceAt(volume, axes.across, region.centreRasMm);
  const [at, setAt] = useState(middle);
  const { right, down } = axes;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const pixels = slicePixels(volume, regionShown ? mask : null, { ...axes, at }, window, outlineColour);
    context.putImageData(new ImageData(pixels, right.count, down.count), 0, 0);
  }, [volume, mask, axes, at, window, regionShown, right, down]);
  const scale = sidePixels / Math.max(right.count * right.spacingMm, down.count * down.spacingMm);
  const mm = sliceMm(volume, axes.across, at);
  return (
    <div>
      <p class="hint">
        This browser cannot draw volumes (WebGL 2 is missing), so the axial slices are shown, without the other cuts and
        the rendering.
      </p>
      <canvas
        ref={canvas}
        class="slice-canvas"
        width={right.count}
        height={down.count}
        style={{
          width: `${Math.round(right.count * right.spacingMm * scale)}px`,
          aspectRatio: `${right.count * right.spacingMm} / ${down.count * down.spacingMm}`,
        }}
        role="img"
        aria-label={`Axial slice at ${sideText(mm, 2)}, the patient's right side on the left`}
      />
      <div class="slice-sliders">
        <SliceSlider name="Axial" axis={2} count={axes.across.count} at={at} mm={mm} onChange={setAt} />
      </div>
      {region !== null && (
        <button type="button" onClick={() => setAt(middle)}>
          Go to the tumour’s centre
        </button>
      )}
    </div>
  );
}

/** Along the patient's axis, of the middle of a slice. */
function sliceMm(volume: NiftiImage, { axis, count, reversed }: ScreenAxis, at: number): number {
  const index = reversed ? count - 1 - at : at;
  const middle = volume.size.map((n, i) => (i === axis ? index : (n - 1) / 2)) as unknown as Triple;
  return positionOf(volume, middle)[2];
}

function sliceAt(volume: NiftiImage, across: ScreenAxis, [, , mm]: Triple): number {
  const distance = (slice: number) => Math.abs(sliceMm(volume, across, slice) - mm);
  return Array.from({ length: across.count }, (_, i) => i).reduce((best, i) =>
    distance(i) < distance(best) ? i : best,
  );
}
