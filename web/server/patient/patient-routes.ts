import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FeatureStore } from '../../../featurestore/contract/index.js';
import type { CohortFiles } from '../cohort-files.js';
import { StudioError, studioErrors, theStore } from '../errors.js';
import { badQuestion, type Question, textOf } from '../question.js';
import type { StudioSources } from '../sources.js';
import { heldOut } from './held-out.js';
import type { ReadImage } from './image-worker.js';
import { PatientImages } from './patient-images.js';
import { PatientRecords } from './patient-records.js';
import { distributionOf, standingOf } from './patient-standing.js';

interface OfPatient {
  readonly Params: { readonly id: string };
  readonly Querystring: Question;
}

const read = { config: { scope: 'read' }, schema: { hide: true } } as const;
const predict = { config: { scope: 'predict' }, schema: { hide: true } } as const;

/**
 * What the page of a patient asks, under `/studio/api/patients`. An id is only ever looked up, in the store and in the index of the folder:
 * no path is made from it.
 */
export function addPatientRoutes(app: FastifyInstance, sources: StudioSources, files: CohortFiles | undefined): void {
  addRecordRoutes(app, sources, files);
  addImageRoutes(app, sources, files);
  addHeldOut(app, sources, files);
}

function addRecordRoutes(app: FastifyInstance, { store }: StudioSources, files: CohortFiles | undefined): void {
  app.get('/studio/api/patients', read, () => new PatientRecords(theStore(store), files).list());
  app.get<OfPatient>('/studio/api/patients/:id', read, ({ params: { id } }) =>
    new PatientRecords(theStore(store), files).one(id),
  );
  app.get<OfPatient>('/studio/api/patients/:id/standing', read, ({ params: { id }, query }) =>
    standingOf(theStore(store), named(query, 'group'), id),
  );
  app.get<OfPatient>('/studio/api/patients/:id/distribution', read, ({ params: { id }, query }) =>
    distributionOf(theStore(store), named(query, 'group'), named(query, 'feature'), id),
  );
}

function addImageRoutes(app: FastifyInstance, { store }: StudioSources, files: CohortFiles | undefined): void {
  const images = files === undefined ? undefined : new PatientImages(files);
  app.addHook('onClose', () => images?.close());
  const imagesOf = (): PatientImages => {
    if (images === undefined) throw new StudioError('STUDIO_NO_COHORT', studioErrors.STUDIO_NO_COHORT());
    return images;
  };
  const imageOf = async (id: string): Promise<ReadImage> => {
    const held = imagesOf();
    await new PatientRecords(theStore(store), files).assertKnown(id);
    return held.image(id, await measuredRegion(theStore(store), id));
  };
  app.get<OfPatient>('/studio/api/patients/:id/image', read, async ({ params: { id } }) => {
    const held = imagesOf();
    await new PatientRecords(theStore(store), files).assertKnown(id);
    return held.facts(id, await measuredRegion(theStore(store), id));
  });
  app.get<OfPatient>('/studio/api/patients/:id/volume.nii.gz', read, async ({ params: { id } }, reply) =>
    sendBytes(reply, 'application/gzip', (await imageOf(id)).volume),
  );
  app.get<OfPatient>('/studio/api/patients/:id/mask.nii.gz', read, async ({ params: { id } }, reply) => {
    const { mask, regionReason } = await imageOf(id);
    if (mask !== null) return sendBytes(reply, 'application/gzip', mask);
    const reason = regionReason ?? 'it has no segmentation';
    throw new StudioError('STUDIO_NO_IMAGE', studioErrors.STUDIO_NO_IMAGE(id, reason));
  });
  app.get<OfPatient>('/studio/api/patients/:id/overview.png', read, async ({ params: { id }, query }, reply) => {
    const name = named(query, 'window');
    const { pictures } = await imageOf(id);
    const picture = pictures.find((one) => one.name === name);
    if (picture !== undefined) return sendBytes(reply, 'image/png', picture.png);
    const expected = pictures.map((one) => one.name).join(' or ') || 'nothing: there is no picture';
    throw badQuestion('window', name, expected);
  });
}

function addHeldOut(
  app: FastifyInstance,
  { models, defaultModel, store }: StudioSources,
  files: CohortFiles | undefined,
): void {
  app.get<OfPatient>('/studio/api/patients/:id/held-out', predict, async ({ params: { id } }) => {
    await new PatientRecords(theStore(store), files).assertKnown(id);
    const model = defaultModel === undefined ? undefined : await models.acquireOrLoad(defaultModel);
    if (model === undefined) throw new StudioError('STUDIO_NO_MODEL', studioErrors.STUDIO_NO_MODEL());
    try {
      return await heldOut(model, id);
    } finally {
      model.release();
    }
  });
}

/** Pixel data of one person: nobody between the server and the browser may keep them. */
function sendBytes(reply: FastifyReply, type: string, bytes: Uint8Array): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type(type)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** The name of the region that the store's features were measured in, where it has any. */
async function measuredRegion(store: FeatureStore, id: string): Promise<string | undefined> {
  const imaging = (await store.listGroups()).find(({ name }) => name === 'imaging');
  if (imaging?.definitions.some(({ name }) => name === 'maskName') !== true) return undefined;
  const record = await store.record.get('imaging', id);
  const name = record?.values.maskName;
  return typeof name === 'string' ? name : undefined;
}

/** @throws StudioError STUDIO_BAD_QUERY when the parameter is missing, too */
function named(query: Question, name: string): string {
  const text = textOf(query, name);
  if (text === undefined) throw badQuestion(name, '', 'a name');
  return text;
}
