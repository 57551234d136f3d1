import { useEffect, useRef, useState } from 'preact/hooks';
import type { RegionFacts } from '../../../server/replies/patient-reply.js';
import { positionText } from './position.js';
import { SliceSlider } from './slice-slider.js';
import { type Place, type ViewedFiles, type ViewName, VolumeViewer } from './volume-viewer.js';
import type { GreyWindow } from './windows.js';

const views: readonly (readonly [ViewName, string])[] = [
  ['all', 'All'],
  ['axial', 'Axial'],
  ['coronal', 'Coronal'],
  ['sagittal', 'Sagittal'],
  ['3D', '3D'],
];
const sliders = [
  ['axial', 'Axial', 2],
  ['coronal', 'Coronal', 1],
  ['sagittal', 'Sagittal', 0],
] as const;

/** The volume in three cuts and a rendering, with sliders for those who use the keyboard. */
export function VolumeCanvas({
  files,
  window,
  regionShown,
  region,
  onFailure,
}: {
  readonly files: ViewedFiles;
  readonly window: GreyWindow;
  readonly regionShown: boolean;
  readonly region: RegionFacts | null;
  /** The graphics could not be started. */
  readonly onFailure: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [viewer, setViewer] = useState<VolumeViewer>();
  const [place, setPlace] = useState<Place>();
  const [view, setView] = useState<ViewName>('all');
  useEffect(() => {
    if (canvas.current === null) return undefined;
    let gone = false;
    let opened: VolumeViewer | undefined;
    VolumeViewer.open(canvas.current, files, window, setPlace).then((one) => {
      opened = one;
      if (gone) return one.close();
      if (region === null) one.showCut(2, Math.floor(one.cutCounts[2] / 2));
      else one.goTo(region.centreRasMm);
      setViewer(one);
    }, onFailure);
    return () => {
      gone = true;
      opened?.close();
    };
  }, [files]);
  useEffect(() => viewer?.showWindow(window), [viewer, window]);
  useEffect(() => viewer?.showRegion(regionShown), [viewer, regionShown]);
  useEffect(() => viewer?.showView(view), [viewer, view]);
  return (
    <div>
      <fieldset class="viewer-group">
        <legend>View</legend>
        {views.map(([name, title]) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
            {title}
          </button>
        ))}
        {region !== null && (
          <button type="button" onClick={() => viewer?.goTo(region.centreRasMm)}>
            Go to the tumour’s centre
          </button>
        )}
      </fieldset>
      <div class="volume-frame">
        <canvas ref={canvas} class="volume-canvas" aria-label="The volume; the sliders below move its cuts" />
      </div>
      {viewer === undefined ? (
        <p class="waiting">Loading the viewer …</p>
      ) : (
        place !== undefined && (
          <>
            <div class="slice-sliders">
              {sliders
                .filter(([name]) => view === 'all' || view === name)
                .map(([name, title, axis]) => (
                  <SliceSlider
                    key={name}
                    name={title}
                    axis={axis}
                    count={viewer.cutCounts[axis]}
                    at={place.cuts[axis]}
                    mm={place.rasMm[axis]}
                    onChange={(at) => viewer.showCut(axis, at)}
                  />
                ))}
            </div>
            <p class="viewer-place" aria-live="polite">
              Cross: {positionText(place.rasMm)}; {place.hu} HU
            </p>
          </>
        )
      )}
    </div>
  );
}
