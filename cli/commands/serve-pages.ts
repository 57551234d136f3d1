import { dirname, join } from 'node:path';
import type { FeatureStore } from '../../featurestore/index.js';
import type { ModelHost, ServerExtension } from '../../serving/index.js';

/** Options about the pages of the studio. */
export interface PagesOptions {
  /** Default: when there is a store. */
  readonly pages?: boolean;
  /** Folder of raw files. */
  readonly cohort?: string;
  readonly registry?: string;
  /** Place of the store. */
  readonly store?: string;
  /** The pages may run the pipelines over the cohort into the store, which is open for writing then. */
  readonly pipelines?: boolean;
  /** File of access keys: the cloud's runtime clients sign their calls. */
  readonly accessKeys?: string;
}

/** The pages, where they are wanted. Their code is loaded only then. */
export async function pagesOf(
  options: PagesOptions,
  served: {
    readonly models: ModelHost;
    readonly defaultModel?: string;
    readonly store: FeatureStore | undefined;
  },
): Promise<readonly ServerExtension[]> {
  const { pages, cohort, registry, accessKeys } = options;
  const { models, defaultModel, store } = served;
  if (pages === false || (pages === undefined && store === undefined)) return [];
  const { studioExtension } = await import('../../web/server/index.js');
  return [
    studioExtension({
      models,
      ...(defaultModel === undefined ? {} : { defaultModel }),
      ...(store === undefined ? {} : { store }),
      ...(cohort === undefined ? {} : { cohort }),
      ...(registry === undefined ? {} : { registry }),
      signedRuntime: accessKeys !== undefined,
      ...(await jobsOf(options, store)),
    }),
  ];
}

async function jobsOf({ pipelines, cohort, store: place }: PagesOptions, store: FeatureStore | undefined) {
  if (pipelines !== true || store === undefined || cohort === undefined || place === undefined) return {};
  const [{ JobBoard }, { pipelineRunner }, { explainFailure }] = await Promise.all([
    import('../../web/server/index.js'),
    import('../studio-jobs.js'),
    import('../failure.js'),
  ]);
  // A store on a server has no folder that files could lie beside.
  const artifacts = /^postgres(ql)?:/.test(place) ? {} : { artifacts: join(dirname(place), 'artifacts') };
  const runner = pipelineRunner({ cohort, store, ...artifacts });
  return { jobs: new JobBoard(runner, (error) => explainFailure(error).message) };
}
