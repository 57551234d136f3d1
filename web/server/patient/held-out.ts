import type { LoadedModel } from '../../../serving/index.js';
import { loadBeside } from '../../../training/bundle/folder.js';
import { parseReportData } from '../../../training/report/index.js';
import type { HeldOutReply } from '../replies/patient-reply.js';

/**
 * Whether a model was fitted on a patient, and what models that were not said of the patient, from the report that the
 * training wrote beside the model.
 */
export async function heldOut({ manifest, source }: LoadedModel, id: string): Promise<HeldOutReply> {
  const { patients } = manifest.trainedOn;
  const nothing = { probability: null, horizonDays: null, evaluation: null, patients };
  const text = source === undefined ? undefined : (await loadBeside(source))['report.json'];
  if (text === undefined) return { state: 'unknown', ...nothing };
  const report = parseReportData(text, 'report.json');
  if (report.modelId !== manifest.modelId) return { state: 'unknown', ...nothing };
  const scored = report.scored.find(({ patientId }) => patientId === id);
  // With cross-validation the model is then fitted on everybody; a split leaves those out that it scores.
  const onEverybody = report.dataset.patients === patients;
  if (scored === undefined) {
    const leftOut = report.dataset.leftOut.some(({ patientId }) => patientId === id);
    const isNew = leftOut || (onEverybody && report.scored.length === patients);
    return { state: isNew ? 'new' : 'unknown', ...nothing };
  }
  return {
    state: onEverybody ? 'trained-on' : 'held-out',
    probability: scored.probability,
    horizonDays: report.horizonDays ?? null,
    evaluation: report.evaluation,
    patients,
  };
}
