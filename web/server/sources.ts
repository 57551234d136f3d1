import type { FeatureStore } from '../../featurestore/index.js';
import type { ModelHost } from '../../serving/index.js';
import type { JobBoard } from './jobs/job-board.js';

/** What the pages show. Whatever is left out, its pages say that it is not there. */
export interface StudioSources {
  readonly models: ModelHost;
  /** Name of the model that answers where a page names none. */
  readonly defaultModel?: string;
  readonly store?: FeatureStore;
  /** A folder of raw files, for pictures and for jobs. */
  readonly cohort?: string;
  /** A registry of model versions. */
  readonly registry?: string;
  /** Runs the pipelines; without it jobs can only be looked at. */
  readonly jobs?: JobBoard;
  /** Calls of the cloud's runtime client are signed with access keys, and need no API key. */
  readonly signedRuntime?: boolean;
}
