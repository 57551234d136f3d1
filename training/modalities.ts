import { trainingError } from './errors.js';

/** What a patient can be described by; each is the name of a group in the store. In the order of the columns. */
export const modalityNames = ['genomic', 'clinical', 'imaging'] as const;
export type Modality = (typeof modalityNames)[number];

/**
 * Reads `genomic,clinical,imaging`, `genomic-clinical` or any other set.
 * @returns in the order of `modalityNames`, whatever the order of the text
 * @throws TrainingError TRAIN_UNKNOWN_MODALITY for an unknown, repeated or empty name
 */
export function parseModalities(text: string): readonly Modality[] {
  const asked = new Set<string>();
  for (const name of text.split(/[,-]/).map((part) => part.trim())) {
    const known = modalityNames.some((modality) => modality === name);
    if (!known || asked.has(name)) throw trainingError('TRAIN_UNKNOWN_MODALITY', name, modalityNames);
    asked.add(name);
  }
  return modalityNames.filter((modality) => asked.has(modality));
}
