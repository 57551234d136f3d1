import { LoadedPart } from '../../session/loaded-part.js';
import { useSession } from '../../session/session.js';
import { Breakdown } from './breakdown.js';
import { Findings } from './findings.js';
import { Modalities } from './modalities.js';
import { Outcome } from './outcome.js';
import './cohort.css';

/** Who is in the store, what is there of each, how they fared, and what is odd in the data. */
export function CohortPage() {
  const { has } = useSession();
  if (!has.store) {
    return (
      <>
        <h1>Cohort</h1>
        <p class="empty">
          This server has no feature store. <code>thoracle run --cohort DIR --store FILE</code> makes one of a folder of
          raw files; <code>thoracle studio --store FILE --cohort DIR</code> shows it here.
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Cohort</h1>
      <LoadedPart path="/studio/api/cohort/outcome" title="Outcome and follow-up" part={Outcome} />
      <LoadedPart path="/studio/api/cohort/modalities" title="Patients and their data" part={Modalities} />
      <LoadedPart path="/studio/api/cohort/breakdown" title="Breakdown" part={Breakdown} />
      <Findings />
    </>
  );
}
