import type { Role } from './feature.js';

/** What is said about a group as a whole, beside its versions. It may change without a new version. */
export interface GroupSettings {
  readonly description: string;
  /** Who answers for the group; empty when nobody was named. */
  readonly owner: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether rows count for the latest records (get, batch get, the view under the group's own name) unless a write says otherwise. */
  readonly online: boolean;
  /** Whether rows count for the history (datasets, `<group>_history`) unless a write says otherwise. */
  readonly offline: boolean;
  /** How long after its event time a row counts among the latest records, in milliseconds; for rows written from now on. */
  readonly ttlMs?: number;
}

/** New settings of a group: what is left out keeps its value. */
export interface GroupSettingsChange {
  readonly description?: string;
  readonly owner?: string;
  /** Added to the tags there are; null takes a tag away. */
  readonly tags?: Readonly<Record<string, string | null>>;
  readonly online?: boolean;
  readonly offline?: boolean;
  /** Null: rows do not expire. */
  readonly ttlMs?: number | null;
}

/** What to look for; every condition given must hold. Texts are compared without case, as a part of the whole. */
export interface GroupSearch {
  /** A part of the group's name or description. */
  readonly text?: string;
  /** A part of a feature's name. */
  readonly feature?: string;
  readonly role?: Role;
  /** The name of a tag, exactly; with `tagValue` its value too. */
  readonly tag?: string;
  readonly tagValue?: string;
  readonly owner?: string;
}
