import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerFeatureStoreRuntimeClient } from '@aws-sdk/client-sagemaker-featurestore-runtime';
import type { FeatureStore } from '../../featurestore/contract/index.js';
import { buildStoreApp } from '../../featurestore/http/index.js';
import type { AccessKey } from '../../featurestore/http/signature/index.js';
import { openDuckDbStore } from '../../featurestore/index.js';

/** Keys of the test server. */
export const keys: readonly [AccessKey, AccessKey] = [
  { accessKeyId: 'AKWRITER', secretAccessKey: 'writer/secret+key', access: 'write' },
  { accessKeyId: 'AKREADER', secretAccessKey: 'reader', access: 'read' },
];

/** What a test does to its clients. */
export interface ClientChoice {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** How far ahead the client's clock is. */
  readonly clockOffsetMs?: number;
}

/** A server on a loopback port, its store, and the cloud's own clients for it. */
export interface SdkServer {
  readonly url: string;
  readonly store: FeatureStore;
  clients(choice?: ClientChoice): {
    readonly groups: SageMakerClient;
    readonly records: SageMakerFeatureStoreRuntimeClient;
  };
  close(): Promise<void>;
}

/** Starts a server on a store in a file of its own. */
export async function startSdkServer(now?: () => number): Promise<SdkServer> {
  const folder = mkdtempSync(join(tmpdir(), 'thoracle-sdk-'));
  const store = await openDuckDbStore({ file: join(folder, 's.duckdb'), ...(now === undefined ? {} : { now }) });
  const app = buildStoreApp({ store, keys });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const made: { destroy(): void }[] = [];
  return {
    url,
    store,
    clients: ({ accessKeyId, secretAccessKey, clockOffsetMs = 0 } = {}) => {
      const settings = {
        region: 'eu-west-1',
        endpoint: url,
        maxAttempts: 1,
        systemClockOffset: clockOffsetMs,
        credentials: {
          accessKeyId: accessKeyId ?? keys[0].accessKeyId,
          secretAccessKey: secretAccessKey ?? keys[0].secretAccessKey,
        },
      };
      const pair = {
        groups: new SageMakerClient(settings),
        records: new SageMakerFeatureStoreRuntimeClient(settings),
      };
      made.push(pair.groups, pair.records);
      return pair;
    },
    close: async () => {
      for (const client of made) client.destroy();
      await app.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
