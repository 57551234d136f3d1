import type { FastifyInstance } from 'fastify';
import type { FeatureStore } from '../contract/index.js';
import { identify } from './caller.js';
import { addRestRoutes } from './rest/routes.js';
import { addSageMakerRoutes } from './sagemaker/routes.js';
import { type AccessKey, createSignatureVerifier } from './signature/index.js';

/** What the store's routes answer from. */
export interface StoreRoutesOptions {
  readonly store: FeatureStore;
  /** Every request must be signed with one of them. */
  readonly keys: readonly AccessKey[];
  /** The clock that signatures are checked against, in milliseconds since 1970 UTC. Default `Date.now`. */
  readonly now?: () => number;
}

/** Name in the credential scope of the feature store's clients. */
const service = 'sagemaker';

/**
 * A Fastify plugin with the store's routes, for an app of its own or beside others. It has its own body parser (bytes, since the signature
 * covers them) and its own error replies; it leaves the app around it as it is.
 */
export function storeRoutes(options: StoreRoutesOptions): (app: FastifyInstance) => Promise<void> {
  const { store, keys, now } = options;
  const verify = createSignatureVerifier({ keys, service, ...(now === undefined ? {} : { now }) });
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.addHook('preHandler', async (request) => identify(request, verify));
    addSageMakerRoutes(app, store);
    addRestRoutes(app, store);
  };
}
