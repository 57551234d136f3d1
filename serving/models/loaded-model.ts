import type { BundleManifest } from '../../training/bundle/index.js';
import type { Predictor } from '../predict/index.js';
import { type InputNames, inputNames } from '../rows/input-names.js';

/** A model as a reader gives it: ready to answer, not yet under a name. */
export interface ModelContent {
  readonly manifest: BundleManifest;
  readonly predictor: Predictor;
  /** What it takes in memory, estimated by the size of its files. */
  readonly bytes: number;
  /** Its model card, Markdown; absent when there is none. */
  readonly card?: string;
}

/** Reads the model at a place: a folder, a `model.tar.gz`, an address of a registry. @throws when there is none or it does not verify */
export type ModelReader = (source: string) => Promise<ModelContent>;

/** What is said of a model when it is put under a name. */
export interface ModelPlace {
  readonly name: string;
  /** As a registry counts them; the first 12 digits of the model's id when nobody does. */
  readonly version: string;
  /** Where it was read from; absent for a model that came as a value. */
  readonly source?: string;
  /** Loaded because somebody asked for it, so that it is never dropped to make room. */
  readonly pinned: boolean;
}

/**
 * A model that is in memory under a name and a version. Whoever answers from it holds it meanwhile (`hold`, `release`): a model that was
 * replaced or removed goes on answering those who hold it, and is `drained` when the last has let go.
 */
export class LoadedModel {
  readonly name: string;
  readonly version: string;
  readonly source: string | undefined;
  readonly pinned: boolean;
  readonly manifest: BundleManifest;
  readonly predictor: Predictor;
  readonly bytes: number;
  readonly card: string | undefined;
  /** Its inputs by name, for reading rows. */
  readonly names: InputNames;
  /** Resolves when it is out of use: retired, and held by nobody. */
  readonly drained: Promise<void>;
  /** Greater = used later; a count, not a time. */
  lastUse = 0;
  #held = 0;
  #retired = false;
  #resolveDrained: () => void = () => undefined;

  constructor(content: ModelContent, { name, version, source, pinned }: ModelPlace) {
    this.name = name;
    this.version = version;
    this.source = source;
    this.pinned = pinned;
    this.manifest = content.manifest;
    this.predictor = content.predictor;
    this.bytes = content.bytes;
    this.card = content.card;
    this.names = inputNames(content.predictor.featureNames, content.predictor.componentNames);
    this.drained = new Promise((resolve) => {
      this.#resolveDrained = resolve;
    });
  }

  /** Requests that are being answered from it. */
  get held(): number {
    return this.#held;
  }

  /** Keeps it in memory until `release`. */
  hold(): this {
    this.#held++;
    return this;
  }

  /** Ends one `hold`; exactly one for each. */
  release(): void {
    this.#held--;
    if (this.#retired && this.#held === 0) this.#resolveDrained();
  }

  /** No longer found under its name; called by the host once. */
  retire(): void {
    this.#retired = true;
    if (this.#held === 0) this.#resolveDrained();
  }
}
