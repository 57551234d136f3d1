import type { FastifyInstance } from 'fastify';
import { storeRoutes } from '../../featurestore/http/index.js';
import { createSignatureVerifier, type SignatureVerifier } from '../../featurestore/http/signature/index.js';
import { type AccessKey, type FeatureStore, openStore } from '../../featurestore/index.js';
import { accessKeys } from './store/serve.js';

/** A store beside the models; `serve` loads this file only when it is given one, or access keys: the store's room is heavy to start. */
export interface ServedStore {
  readonly store: FeatureStore;
  /** Adds the store's own routes where access keys for them were given. */
  addRoutes(app: FastifyInstance): void;
  close(): Promise<void>;
}

/** How to open a store beside the models. */
export interface ServedStoreOptions {
  /** Of who may use its own routes; without it they are not served. */
  readonly keyFile: string | undefined;
  /** The pages run pipelines into it. */
  readonly writable: boolean;
}

/** Opens a store, for reading unless pipelines write to it. */
export async function openServedStore(place: string, { keyFile, writable }: ServedStoreOptions): Promise<ServedStore> {
  const keys: readonly AccessKey[] | undefined = keyFile === undefined ? undefined : await accessKeys(keyFile);
  const store = await openStore(place, { readOnly: !writable });
  return {
    store,
    addRoutes: (app) => {
      if (keys !== undefined) app.register(signedRoutes(storeRoutes({ store, keys })));
    },
    close: () => store.close(),
  };
}

/** Checks the signatures of the cloud's runtime clients by the keys of a file. */
export async function runtimeVerifier(keyFile: string): Promise<SignatureVerifier> {
  return createSignatureVerifier({ keys: await accessKeys(keyFile), service: 'sagemaker' });
}

/** Routes that check a signature on each request themselves, so that nobody needs an API key besides. */
function signedRoutes(routes: (app: FastifyInstance) => Promise<void>): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'open' };
    });
    await routes(app);
  };
}
