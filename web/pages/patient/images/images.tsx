import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ImageReply } from '../../../server/replies/patient-reply.js';
import { send } from '../../../session/client.js';
import { ReplyView } from '../../../session/reply-view.js';
import { useSession } from '../../../session/session.js';
import { useReply } from '../../../session/use-reply.js';
import { patientLink } from '../patient-link.js';
import { positionText } from './position.js';
import { Viewer } from './viewer.js';

type Here = Extract<ImageReply, { readonly state: 'here' }>;

/** The CT of a patient: what is known of it, a picture at once, and the viewer when it is asked for. */
export function Images({ id }: { readonly id: string }) {
  const { has } = useSession();
  const reply = useReply<ImageReply>(has.cohort ? `/studio/api/patients/${encodeURIComponent(id)}/image` : undefined);
  return (
    <section aria-labelledby="images">
      <h2 id="images">Images</h2>
      {has.cohort ? (
        <ReplyView reply={reply}>
          {(facts) => (facts.state === 'none' ? <p class="empty">{facts.reason}</p> : <Opened id={id} facts={facts} />)}
        </ReplyView>
      ) : (
        <p class="empty">
          This server has no folder of raw files: start it with <code>--cohort</code> to see the images.
        </p>
      )}
    </section>
  );
}

function Opened({ id, facts }: { readonly id: string; readonly facts: Here }) {
  const { query, route } = useLocation();
  const isOpen = query.viewer === 'open';
  return (
    <>
      <Facts facts={facts} />
      {isOpen ? (
        <Viewer key={id} id={id} facts={facts} />
      ) : (
        <>
          <p>
            <button type="button" class="main" onClick={() => route(patientLink(query, { viewer: 'open' }))}>
              Open the viewer
            </button>{' '}
            <span class="hint">Axial, coronal and sagittal cuts and a rendering; loads the whole volume.</span>
          </p>
          {facts.pictures.length > 0 && <Overview id={id} facts={facts} />}
        </>
      )}
    </>
  );
}

function Facts({ facts }: { readonly facts: Here }) {
  const { region, reducedBy, spacingMm, size } = facts;
  const round = (mm: number) => Number(mm.toFixed(2));
  const isReduced = reducedBy.some((factor) => factor > 1);
  return (
    <>
      <p>
        CT{facts.seriesDescription === null ? '' : ` “${facts.seriesDescription}”`}
        {facts.studyDate === null ? '' : ` of ${facts.studyDate}`}: {size.join(' × ')} voxels of{' '}
        {spacingMm.map(round).join(' × ')} mm.
      </p>
      {region === null ? (
        <p class="empty">No outline: {facts.regionReason}</p>
      ) : (
        <dl class="facts">
          <Fact name="Region" value={region.label} />
          <Fact name="Volume" value={`${region.volumeMl.toPrecision(3)} ml`} />
          <Fact name="Median density" value={`${region.hu.median} HU`} />
          <Fact name="5th to 95th percentile" value={`${region.hu.low} to ${region.hu.high} HU`} />
          <Fact name="Centre" value={positionText(region.centreRasMm)} />
        </dl>
      )}
      {isReduced && (
        <p class="hint">
          The volume is large: the viewer shows means of {reducedBy.join(' × ')} voxels. Features were measured on the
          files as they are.
        </p>
      )}
      {facts.findings.map((finding) => (
        <p key={finding} class="hint">
          {finding}
        </p>
      ))}
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** A picture that the server drew: it is there before the viewer, and where the viewer cannot run. */
function Overview({ id, facts }: { readonly id: string; readonly facts: Here }) {
  const [name, setName] = useState(facts.pictures[0] ?? '');
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    let gone = false;
    pictureOf(id, name).then(
      (read) => gone || setAddress(read),
      () => gone || setAddress(undefined),
    );
    return () => {
      gone = true;
    };
  }, [id, name]);
  return (
    <figure class="overview">
      <figcaption>
        The outlined region in the three cuts through its middle, and close up from feet to head{' '}
        {facts.pictures.map((one) => (
          <button key={one} type="button" aria-pressed={one === name} onClick={() => setName(one)}>
            {one}
          </button>
        ))}{' '}
        {address !== undefined && (
          <a href={address} download={`${id}-${name}.png`}>
            PNG
          </a>
        )}
      </figcaption>
      {address === undefined ? (
        <p class="waiting">Loading …</p>
      ) : (
        <img
          src={address}
          width={1296}
          height={759}
          alt={`Axial, coronal and sagittal cuts through the outlined region ${facts.region?.label ?? ''} of the CT, window ${name}`}
        />
      )}
    </figure>
  );
}

/** As a data address: the only kind beside the server's own that pages may show pictures from. */
async function pictureOf(id: string, name: string): Promise<string> {
  const reply = await send(`/studio/api/patients/${encodeURIComponent(id)}/overview.png?window=${name}`);
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
  });
  reader.readAsDataURL(await reply.blob());
  return read;
}
