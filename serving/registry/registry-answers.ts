import type { PublicManifest } from '../models/without-numbers.js';
import type { RegisteredVersion, RegistryEvent } from './registry-file.js';

/** Of `GET /registry/models`, one for each name. */
export interface RegistryModelSummary {
  readonly name: string;
  /** The version in production; null when none is. */
  readonly production: string | null;
  /** The version that this server answers with at present; null when it answers with none. */
  readonly serving: string | null;
  /** In the order of registration. */
  readonly versions: readonly RegisteredVersion[];
}

/** Of `GET /registry/models`. */
export interface RegistryModels {
  /** By name. */
  readonly models: readonly RegistryModelSummary[];
}

/** Of `GET /registry/models/{name}`. */
export interface RegistryModelDetail extends RegistryModelSummary {
  /** Who did what when, oldest first. */
  readonly history: readonly RegistryEvent[];
}

/** One line of the TRIPOD+AI checklist of a model. */
export interface ChecklistLine {
  /** `12c`. */
  readonly number: string;
  readonly section: string;
  readonly asks: string;
  readonly answer: {
    readonly status: 'answered' | 'unknown' | 'not applicable';
    readonly text: string;
    /** Where the model's papers say more; with an answer only. */
    readonly where?: string;
  };
}

/** What is known of a version beyond its numbers. */
export interface VersionPapers {
  /** The model card, Markdown; null when it came without one. */
  readonly card: string | null;
  /** TRIPOD+AI; null where nobody can fill it in. */
  readonly checklist: readonly ChecklistLine[] | null;
}

/** Of `GET /registry/models/{name}/versions/{version}`. */
export interface RegistryVersionDetail extends RegisteredVersion, VersionPapers {
  readonly name: string;
  /** Metrics beside the baseline, warnings, columns, lineage: the manifest without its fitted numbers. */
  readonly manifest: PublicManifest;
  readonly history: readonly RegistryEvent[];
}

/** Of a promotion, a rollback, an archiving. */
export interface RegistryChange extends RegisteredVersion {
  readonly name: string;
  /** The version that this server answers with now; null when it answers with none. */
  readonly serving: string | null;
}
