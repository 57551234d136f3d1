import type { FeatureGroup, FeatureStore, GroupDefinition, StoreValue } from '../../../featurestore/contract/index.js';
import { modalityNames, outcomeColumns } from '../../../training/index.js';
import type { CohortFiles } from '../cohort-files.js';
import { StudioError, studioErrors } from '../errors.js';
import type { ListedPatient, PatientListReply, PatientReply } from '../replies/patient-reply.js';
import { clinicalItems } from './clinical-items.js';

const collator = new Intl.Collator('en', { numeric: true });

/** Columns of the clinical group that the list shows, where it has them. */
const listedColumns = {
  age: 'AgeatHistologicalDiagnosis',
  sex: 'Gender',
  histology: 'Histology',
  t: 'PathologicalTstage',
  n: 'PathologicalNstage',
  m: 'PathologicalMstage',
  timeDays: outcomeColumns.timeDays,
  event: outcomeColumns.event,
} as const;

type Listed = Partial<Record<keyof typeof listedColumns, StoreValue>>;

/** The patients of the store, and of the folder of raw files where there is one. */
export class PatientRecords {
  readonly #store: FeatureStore;
  readonly #files: CohortFiles | undefined;

  constructor(store: FeatureStore, files: CohortFiles | undefined) {
    this.#store = store;
    this.#files = files;
  }

  /** Everybody, by id. */
  async list(): Promise<PatientListReply> {
    const groups = await this.#groups();
    const modalities = new Map<string, string[]>();
    for (const group of groups) {
      for (const id of await this.#ids(group)) {
        const own = modalities.get(id);
        if (own === undefined) modalities.set(id, [group.name]);
        else own.push(group.name);
      }
    }
    const clinical = await this.#clinicalColumns(groups);
    // A first reading may take long: the list does not wait for it.
    this.#files?.index().catch(() => undefined);
    const index = this.#files?.known;
    const withImages = new Set(index?.series.filter(({ modality }) => modality === 'CT').map((s) => s.patientId));
    const ids = new Set([...modalities.keys(), ...(index?.patients.map(({ patientId }) => patientId) ?? [])]);
    return {
      patients: [...ids].sort(collator.compare).map((id) => ({
        id,
        modalities: modalities.get(id) ?? [],
        images: index === undefined ? null : withImages.has(id),
        ...listedFacts(clinical.get(id) ?? {}),
      })),
      indexing: this.#files !== undefined && index === undefined,
    };
  }

  /** One patient. @throws StudioError STUDIO_UNKNOWN_PATIENT */
  async one(id: string): Promise<PatientReply> {
    const { patients } = await this.list();
    const at = patients.findIndex((patient) => patient.id === id);
    const listed = patients[at];
    if (listed === undefined) throw unknownPatient(id);
    const records: PatientReply['records'][number][] = [];
    let clinical: PatientReply['clinical'] = null;
    for (const group of listed.modalities) {
      const record = await this.#store.record.get(group, id);
      if (record === undefined) continue;
      records.push({ group, version: record.version, eventTime: record.eventTime });
      if (group !== outcomeColumns.group) continue;
      const { definitions, eventTime, recordIdentifier } = await this.#store.definition(group, record.version);
      clinical = clinicalItems(definitions, record, [eventTime, recordIdentifier]);
    }
    const [previous, next] = [patients[at - 1]?.id ?? null, patients[at + 1]?.id ?? null];
    return { id, previous, next, listed, records, clinical };
  }

  /** @throws StudioError STUDIO_UNKNOWN_PATIENT when neither the store nor the folder has the patient */
  async assertKnown(id: string): Promise<void> {
    for (const { name } of await this.#groups()) {
      if ((await this.#store.record.get(name, id, { features: [] })) !== undefined) return;
    }
    const index = await this.#files?.index();
    if (index?.patients.some(({ patientId }) => patientId === id) !== true) throw unknownPatient(id);
  }

  /** The modalities that the store has. */
  async #groups(): Promise<readonly GroupDefinition[]> {
    const held = await this.#store.listGroups();
    return held.filter(({ name }) => modalityNames.some((known) => known === name));
  }

  async #ids({ name, recordIdentifier }: FeatureGroup): Promise<readonly string[]> {
    const { rows } = await this.#store.query(`SELECT ${quoted(recordIdentifier)} FROM ${quoted(name)}`);
    return rows.map(([id]) => String(id));
  }

  async #clinicalColumns(groups: readonly FeatureGroup[]): Promise<ReadonlyMap<string, Listed>> {
    const group = groups.find(({ name }) => name === outcomeColumns.group);
    if (group === undefined) return new Map();
    const there = Object.entries(listedColumns).filter(([, name]) => group.definitions.some((d) => d.name === name));
    const columns = [group.recordIdentifier, ...there.map(([, name]) => name)].map(quoted).join(', ');
    const { rows } = await this.#store.query(`SELECT ${columns} FROM ${quoted(group.name)}`);
    return new Map(
      rows.map(([id, ...cells]) => [
        String(id),
        Object.fromEntries(there.map(([key], i) => [key, cells[i] ?? null])) as Listed,
      ]),
    );
  }
}

/** Why nobody of this id can be shown. */
export function unknownPatient(id: string): StudioError {
  return new StudioError('STUDIO_UNKNOWN_PATIENT', studioErrors.STUDIO_UNKNOWN_PATIENT(id));
}

function listedFacts({
  age,
  sex,
  histology,
  t,
  n,
  m,
  timeDays,
  event,
}: Listed): Omit<ListedPatient, 'id' | 'modalities' | 'images'> {
  const stage = [t, n, m].filter((part) => typeof part === 'string').join(' ');
  return {
    ageYears: numberOrNull(age),
    sex: textOrNull(sex),
    histology: textOrNull(histology),
    stage: stage === '' ? null : stage,
    timeDays: numberOrNull(timeDays),
    event: typeof event === 'number' ? event === 1 : null,
  };
}

const numberOrNull = (value: StoreValue | undefined) => (typeof value === 'number' ? value : null);
const textOrNull = (value: StoreValue | undefined) => (typeof value === 'string' ? value : null);

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
