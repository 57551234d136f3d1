import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { PatientReply } from '../../server/replies/patient-reply.js';
import { ReplyView } from '../../session/reply-view.js';
import { useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { ClinicalFacts } from './clinical-facts.js';
import { Images } from './images/images.js';
import './patient.css';
import { patientLink } from './patient-link.js';
import { PatientList } from './patient-list.js';
import { PatientPrediction } from './prediction/patient-prediction.js';
import { PatientStanding } from './standing/patient-standing.js';

/** One patient, named by the address; without a name, everybody to choose from. */
export function PatientPage() {
  const { has } = useSession();
  const { id } = useLocation().query;
  if (!has.store) {
    return (
      <>
        <h1>Patient</h1>
        <p class="empty">
          This server has no feature store: start it with <code>--store</code>, which <code>thoracle run</code> fills.
        </p>
      </>
    );
  }
  return id === undefined || id === '' ? <PatientList /> : <OnePatient key={id} id={id} />;
}

function OnePatient({ id }: { readonly id: string }) {
  const reply = useReply<PatientReply>(`/studio/api/patients/${encodeURIComponent(id)}`);
  useEffect(() => {
    document.title = `${id} – thoracle studio`;
  }, [id]);
  return (
    <>
      <h1>Patient {id}</h1>
      <ReplyView reply={reply}>{(patient) => <Found patient={patient} />}</ReplyView>
      {reply.state === 'refused' && (
        <p>
          <a href="/studio/patient">All patients</a>
        </p>
      )}
    </>
  );
}

function Found({ patient }: { readonly patient: PatientReply }) {
  const { id, records } = patient;
  const has = (group: string) => records.some((record) => record.group === group);
  return (
    <>
      <Neighbours patient={patient} />
      <Headline patient={patient} />
      <nav aria-label="Parts of this page" class="parts">
        <a href="#prediction">Prediction</a> <a href="#images">Images</a> <a href="#clinical">Clinical</a>{' '}
        <a href="#radiomics">Radiomics</a> <a href="#genes">Genes</a>
      </nav>
      <PatientPrediction id={id} />
      <Images id={id} />
      <ClinicalFacts items={patient.clinical} />
      <PatientStanding id={id} group="imaging" anchor="radiomics" title="Radiomics" isThere={has('imaging')} />
      <PatientStanding id={id} group="genomic" anchor="genes" title="Genes" isThere={has('genomic')} />
    </>
  );
}

/** The way to the patients beside this one; what is open stays open. */
function Neighbours({ patient: { previous, next } }: { readonly patient: PatientReply }) {
  const { query } = useLocation();
  const link = (id: string) => patientLink(query, { id });
  return (
    <nav aria-label="Patients" class="row neighbours">
      {previous === null ? <span class="hint">First patient</span> : <a href={link(previous)}>← {previous}</a>}
      <a href="/studio/patient">All patients</a>
      {next === null ? <span class="hint">Last patient</span> : <a href={link(next)}>{next} →</a>}
    </nav>
  );
}

/** What a reader asks first. */
function Headline({ patient: { listed, records } }: { readonly patient: PatientReply }) {
  const { ageYears, sex, histology, stage, timeDays, event } = listed;
  const outcome =
    timeDays === null || event === null
      ? 'unknown'
      : `${event ? 'died' : 'alive'} after ${(timeDays / 365.25).toFixed(1)} years`;
  return (
    <div class="cards headline">
      <Card
        value={[ageYears === null ? null : `${ageYears} years`, sex].filter(Boolean).join(', ')}
        name="age and sex"
      />
      <Card value={histology} name="histology" />
      <Card value={stage} name="stage" />
      <Card value={outcome} name={`outcome (${timeDays ?? '–'} days after surgery)`} />
      <Card value={records.map(({ group }) => group).join(', ')} name="records in the store" />
    </div>
  );
}

function Card({ value, name }: { readonly value: string | null; readonly name: string }) {
  return (
    <div class="card">
      <strong>{value === null || value === '' ? '–' : value}</strong>
      <span>{name}</span>
    </div>
  );
}
