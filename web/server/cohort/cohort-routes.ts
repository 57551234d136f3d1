import type { FastifyInstance } from 'fastify';
import type { FeatureStore } from '../../../featurestore/index.js';
import { censoringCurve, medianTime, outcomeColumns } from '../../../training/index.js';
import type { CohortFiles } from '../cohort-files.js';
import { StudioError, studioErrors, theStore } from '../errors.js';
import { isYes, type Question } from '../question.js';
import type { BreakdownReply, FindingsReply, ModalitiesReply, OutcomeReply } from '../replies/cohort-reply.js';
import type { StudioSources } from '../sources.js';
import { breakdownColumns, breakdownOf } from './breakdown.js';
import { CohortFolder, type FolderLook } from './cohort-folder.js';
import { findingsOf } from './findings.js';
import { modalitiesOf } from './modalities.js';
import { type ClinicalPatient, clinicalPatients, followedUp, survivalOf } from './survival.js';

const read = { config: { scope: 'read' }, schema: { hide: true } } as const;

/** What the cohort page asks. */
export function addCohortRoutes(app: FastifyInstance, { store }: StudioSources, files: CohortFiles | undefined): void {
  const folder = files === undefined ? undefined : new CohortFolder(files);
  const look = async (again = false): Promise<FolderLook | undefined> => folder?.look(again);

  app.get('/studio/api/cohort/modalities', read, async (): Promise<ModalitiesReply> => {
    return modalitiesOf(theStore(store), await look());
  });
  app.get('/studio/api/cohort/outcome', read, async (): Promise<OutcomeReply> => {
    return outcomeOf(await theClinicalPatients(store, []));
  });
  app.get('/studio/api/cohort/breakdown', read, async (): Promise<BreakdownReply> => {
    return breakdownOf(await theClinicalPatients(store, breakdownColumns));
  });
  app.get<{ Querystring: Question }>('/studio/api/cohort/findings', read, async ({ query }): Promise<FindingsReply> => {
    return findingsOf(theStore(store), await look(isYes(query, 'again')));
  });
}

/** @throws StudioError STUDIO_NO_STORE, STUDIO_NO_OUTCOMES */
async function theClinicalPatients(
  store: FeatureStore | undefined,
  columns: readonly string[],
): Promise<readonly ClinicalPatient[]> {
  const patients = await clinicalPatients(theStore(store), columns);
  const { group } = outcomeColumns;
  if (patients === undefined) throw new StudioError('STUDIO_NO_OUTCOMES', studioErrors.STUDIO_NO_OUTCOMES(group));
  return patients;
}

function outcomeOf(patients: readonly ClinicalPatient[]): OutcomeReply {
  const { timeDays, died } = followedUp(patients);
  const censoring = censoringCurve(timeDays, died);
  return {
    patients: patients.length,
    ...survivalOf(patients),
    medianFollowUpDays: medianTime(censoring.timeDays, censoring.uncensored),
    longestDays: timeDays.length === 0 ? null : timeDays.reduce((most, days) => Math.max(most, days)),
  };
}
