import { servingError } from '../errors.js';
import { LoadedModel, type ModelContent, type ModelReader } from './loaded-model.js';
import { assertModelName } from './model-name.js';

/** Where models come from and how much they may take. */
export interface ModelHostOptions {
  readonly read: ModelReader;
  /** Where a model lies that nobody has loaded yet, so that its first request loads it; undefined = there is none of that name. */
  readonly locate?: (name: string) => Promise<string | undefined>;
  /** Of all models together, by their own estimate. Default: no bound. */
  readonly memoryLimitBytes?: number;
}

/** How a model is put under a name. */
export interface LoadOptions {
  /** Default: the first 12 digits of the model's id. */
  readonly version?: string;
  /** The versions that are there stay loaded and can be asked for by version. Default: they are retired. */
  readonly keepOthers?: boolean;
}

/** What happened to a model: it became the one that answers to its name, or ceased to be there. */
export type ModelEvent = 'activated' | 'retired' | 'evicted';

type Listener = (event: ModelEvent, model: LoadedModel) => void;

interface Slot {
  current: LoadedModel;
  readonly versions: Map<string, LoadedModel>;
}

/**
 * Models in memory by name and version, one version of each name being current. Replacing is a hot swap: the new one is read and checked
 * first, the old one answers until then, and requests that hold the old one end on it. When memory is short, models that were loaded on
 * demand and are held by nobody are dropped, the longest unused first; those that somebody loaded by name stay.
 */
export class ModelHost {
  readonly #options: ModelHostOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #loading = new Map<string, Promise<LoadedModel>>();
  /** Retired models that are still held: they take memory until they drain. */
  readonly #draining = new Set<LoadedModel>();
  readonly #listeners: Listener[] = [];
  #uses = 0;

  constructor(options: ModelHostOptions) {
    this.#options = options;
  }

  /** A host of one model that is there already. */
  static of(name: string, content: Omit<ModelContent, 'bytes'>): ModelHost {
    const host = new ModelHost({
      read: () => Promise.reject(servingError('SERVING_MODEL_SOURCE', 'this server reads none')),
    });
    host.add(name, { bytes: 0, ...content });
    return host;
  }

  /** Bytes of all models in memory, retired ones that are still held included. */
  get usedBytes(): number {
    let sum = 0;
    for (const model of this.#all()) sum += model.bytes;
    for (const model of this.#draining) sum += model.bytes;
    return sum;
  }

  /** Models may be loaded by their first request. */
  get mayLoad(): boolean {
    return this.#options.locate !== undefined;
  }

  /** Tells of every change from now on. */
  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Every loaded model, by name; of one name the current first. */
  list(): readonly LoadedModel[] {
    return [...this.#slots]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { current, versions }]) => [current, ...[...versions.values()].filter((m) => m !== current)]);
  }

  /** The current model of a name, or one of its versions; undefined when it is not loaded. */
  peek(name: string, version?: string): LoadedModel | undefined {
    const slot = this.#slots.get(name);
    return version === undefined ? slot?.current : slot?.versions.get(version);
  }

  /** As `peek`, and held by the caller, who must `release` it. */
  acquire(name: string, version?: string): LoadedModel | undefined {
    const model = this.peek(name, version);
    if (model === undefined) return undefined;
    model.lastUse = ++this.#uses;
    return model.hold();
  }

  /**
   * As `acquire`, loading a model that is known but not in memory.
   * @throws ServingError SERVING_MODEL_NOT_FOUND or SERVING_NO_MEMORY; what the reader throws
   */
  async acquireOrLoad(name: string, version?: string): Promise<LoadedModel> {
    for (;;) {
      const there = this.acquire(name, version);
      if (there !== undefined) return there;
      if (version !== undefined && this.#slots.has(name)) throw servingError('SERVING_MODEL_NOT_FOUND', name, version);
      // Asked again afterwards: another load may have dropped it before this one came to hold it.
      await (this.#loading.get(name) ?? this.#loadOnDemand(name));
    }
  }

  /**
   * Loads a model under a name that is free.
   * @throws ServingError SERVING_BAD_MODEL_NAME, SERVING_MODEL_LOADED, SERVING_NO_MEMORY; what the reader throws
   */
  load(name: string, source: string, options: LoadOptions = {}): Promise<LoadedModel> {
    return this.#exclusively(name, true, async () =>
      this.#put(name, await this.#options.read(source), { ...options, source, pinned: true }),
    );
  }

  /**
   * Reads a model and lets it take the place of the one that answers to the name, if any.
   * @throws ServingError SERVING_BAD_MODEL_NAME, SERVING_NO_MEMORY; what the reader throws. The model that was there goes on answering
   */
  async swap(name: string, source: string, options: LoadOptions = {}): Promise<LoadedModel> {
    await this.#loading.get(name)?.catch(() => undefined);
    return this.#exclusively(name, false, async () =>
      this.#put(name, await this.#options.read(source), { ...options, source, pinned: true }),
    );
  }

  /**
   * As `swap`, of a model that is there as a value; `source` says where it was read from, where it was.
   * @throws ServingError SERVING_BAD_MODEL_NAME or SERVING_NO_MEMORY
   */
  add(name: string, content: ModelContent, options: LoadOptions & { readonly source?: string } = {}): LoadedModel {
    assertModelName(name);
    return this.#put(name, content, { ...options, pinned: true });
  }

  /** Makes a loaded version the current one. @throws ServingError SERVING_MODEL_NOT_FOUND */
  activate(name: string, version: string): LoadedModel {
    const slot = this.#slots.get(name);
    const model = slot?.versions.get(version);
    if (slot === undefined || model === undefined) throw servingError('SERVING_MODEL_NOT_FOUND', name, version);
    slot.current = model;
    this.#tell('activated', model);
    return model;
  }

  /** Takes a name, or one version that is not the current one, out of memory. @throws ServingError SERVING_MODEL_NOT_FOUND, SERVING_MODEL_CURRENT */
  remove(name: string, version?: string): void {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw servingError('SERVING_MODEL_NOT_FOUND', name, version);
    if (version === undefined) {
      this.#slots.delete(name);
      for (const model of slot.versions.values()) this.#retire(model, 'retired');
      return;
    }
    const model = slot.versions.get(version);
    if (model === undefined) throw servingError('SERVING_MODEL_NOT_FOUND', name, version);
    if (model === slot.current) throw servingError('SERVING_MODEL_CURRENT', name, version);
    slot.versions.delete(version);
    this.#retire(model, 'retired');
  }

  #loadOnDemand(name: string): Promise<LoadedModel> {
    return this.#exclusively(name, true, async () => {
      const source = await this.#options.locate?.(name);
      if (source === undefined) throw servingError('SERVING_MODEL_NOT_FOUND', name);
      return this.#put(name, await this.#options.read(source), { source, pinned: false });
    });
  }

  /** One load of a name at a time; whoever asks for the name meanwhile waits for it. */
  async #exclusively(name: string, mustBeFree: boolean, load: () => Promise<LoadedModel>): Promise<LoadedModel> {
    assertModelName(name);
    if (this.#loading.has(name) || (mustBeFree && this.#slots.has(name)))
      throw servingError('SERVING_MODEL_LOADED', name);
    const work = load();
    this.#loading.set(name, work);
    try {
      return await work;
    } finally {
      this.#loading.delete(name);
    }
  }

  #put(name: string, content: ModelContent, { version, keepOthers, ...place }: PutOptions): LoadedModel {
    const slot = this.#slots.get(name);
    const model = new LoadedModel(content, {
      name,
      version: version ?? content.manifest.modelId.slice(0, 12),
      ...place,
    });
    const replaced =
      slot === undefined ? [] : [...slot.versions.values()].filter((m) => !keepOthers || m.version === model.version);
    this.#makeRoom(model, replaced);
    model.lastUse = ++this.#uses;
    if (slot === undefined) {
      this.#slots.set(name, { current: model, versions: new Map([[model.version, model]]) });
    } else {
      for (const old of replaced) slot.versions.delete(old.version);
      slot.versions.set(model.version, model);
      slot.current = model;
    }
    this.#tell('activated', model);
    for (const old of replaced) this.#retire(old, 'retired');
    return model;
  }

  /** Counts what the new model replaces as free already: it would otherwise need room for both. @throws ServingError SERVING_NO_MEMORY */
  #makeRoom(model: LoadedModel, replaced: readonly LoadedModel[]): void {
    const limit = this.#options.memoryLimitBytes ?? Number.POSITIVE_INFINITY;
    let used = this.usedBytes + model.bytes - replaced.reduce((sum, old) => sum + old.bytes, 0);
    if (used <= limit) return;
    const idle = [...this.#all()].filter((m) => !m.pinned && m.held === 0 && m.name !== model.name);
    idle.sort((a, b) => a.lastUse - b.lastUse);
    const evicted: LoadedModel[] = [];
    for (const old of idle) {
      if (used <= limit) break;
      used -= old.bytes;
      evicted.push(old);
    }
    if (used > limit) throw servingError('SERVING_NO_MEMORY', model.name, model.bytes, limit);
    for (const old of evicted) {
      this.#slots.delete(old.name);
      this.#retire(old, 'evicted');
    }
  }

  #retire(model: LoadedModel, event: ModelEvent): void {
    model.retire();
    if (model.held > 0) {
      this.#draining.add(model);
      void model.drained.then(() => this.#draining.delete(model));
    }
    this.#tell(event, model);
  }

  *#all(): Iterable<LoadedModel> {
    for (const { versions } of this.#slots.values()) yield* versions.values();
  }

  #tell(event: ModelEvent, model: LoadedModel): void {
    for (const listener of this.#listeners) listener(event, model);
  }
}

type PutOptions = LoadOptions & { readonly source?: string; readonly pinned: boolean };
