import { useEffect, useState } from 'preact/hooks';
import type { ImageReply } from '../../../server/replies/patient-reply.js';
import { ReplyError, send } from '../../../session/client.js';
import { Refusal } from '../../../session/reply-view.js';
import { gunzip } from './nifti.js';
import { PlainSlices } from './plain-slices.js';
import { VolumeCanvas } from './volume-canvas.js';
import { canDrawVolumes, type ViewedFiles } from './volume-viewer.js';
import { WindowControls } from './window-controls.js';
import { type GreyWindow, usualWindows, windowOf } from './windows.js';

type Loaded =
  | { readonly state: 'waiting' }
  | { readonly state: 'here'; readonly files: ViewedFiles }
  | { readonly state: 'refused'; readonly error: ReplyError };

/** The images themselves: loaded now, drawn by the graphics card where there is one. */
export function Viewer({
  id,
  facts,
}: {
  readonly id: string;
  readonly facts: Extract<ImageReply, { readonly state: 'here' }>;
}) {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'waiting' });
  const [plain, setPlain] = useState(!canDrawVolumes());
  const [regionShown, setRegionShown] = useState(true);
  const named = facts.region === null ? usualWindows : [...usualWindows, windowOf(facts.region)];
  const [window, setWindow] = useState<GreyWindow>(usualWindows[0] as GreyWindow);
  const hasMask = facts.region !== null;
  useEffect(() => {
    let gone = false;
    loadFiles(id, hasMask).then(
      (files) => gone || setLoaded({ state: 'here', files }),
      (error: Error) => gone || setLoaded({ state: 'refused', error: asReplyError(error) }),
    );
    return () => {
      gone = true;
    };
  }, [id, hasMask]);
  if (loaded.state === 'waiting') return <p class="waiting">Loading the images …</p>;
  if (loaded.state === 'refused') return <Refusal error={loaded.error} />;
  const shared = { files: loaded.files, window, regionShown, region: facts.region };
  return (
    <section class="viewer" aria-label="Viewer">
      <div class="row">
        <WindowControls window={window} named={named} onWindow={setWindow} />
        {hasMask && (
          <label class="viewer-check">
            <input
              type="checkbox"
              checked={regionShown}
              onChange={({ currentTarget }) => setRegionShown(currentTarget.checked)}
            />{' '}
            Outline
          </label>
        )}
      </div>
      {plain ? <PlainSlices {...shared} /> : <VolumeCanvas {...shared} onFailure={() => setPlain(true)} />}
    </section>
  );
}

async function loadFiles(id: string, hasMask: boolean): Promise<ViewedFiles> {
  const file = async (name: string) =>
    gunzip(await (await send(`/studio/api/patients/${encodeURIComponent(id)}/${name}`)).arrayBuffer());
  const [volume, mask] = await Promise.all([file('volume.nii.gz'), hasMask ? file('mask.nii.gz') : null]);
  return { volume, mask };
}

function asReplyError(error: Error): ReplyError {
  return error instanceof ReplyError
    ? error
    : new ReplyError(0, 'DAMAGED', `The image did not arrive whole: ${error.message}`);
}
