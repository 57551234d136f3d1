import type { CohortIndex } from '../cohort/index.js';
import type { Finding } from './stage.js';

const shownGroups = 5;

/**
 * Patients are told apart by their ids as written, without white space and padding around them; case counts. Ids that differ in
 * case or inner white space alone are more often one patient spelt twice, whose rows will not be joined: that is said, not mended.
 */
export function alikeIds(index: Pick<CohortIndex, 'patients'>): readonly Finding[] {
  const groups = new Map<string, string[]>();
  for (const { patientId } of index.patients) {
    const key = patientId.replace(/\s+/g, '').toLowerCase();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [patientId]);
    else group.push(patientId);
  }
  const alike = [...groups.values()].filter((ids) => ids.length > 1);
  if (alike.length === 0) return [];
  const shown = alike.slice(0, shownGroups).map((ids) => ids.map((id) => `"${id}"`).join(' and '));
  const more = alike.length > shownGroups ? `; and ${alike.length - shownGroups} more` : '';
  return [
    {
      severity: 'warning',
      code: 'PIPELINE_IDS_ALIKE',
      message: `Ids that differ only in case or spaces count as different patients: ${shown.join('; ')}${more}`,
    },
  ];
}
