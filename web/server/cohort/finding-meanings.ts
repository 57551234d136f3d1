/** What follows from a finding for whoever uses the data, by its code; the longest beginning that fits counts. */
const meanings: Readonly<Record<string, string>> = {
  CLINICAL_IMPLAUSIBLE_VALUE:
    'Most often a slip of the pen or another unit. The value is used as it is until the source is mended.',
  CLINICAL_UNKNOWN_CATEGORY:
    'The patient counts as not known in this column: add the spelling to the source or mend it.',
  CLINICAL_UNUSUAL_MISSING: 'Nothing is lost; the source writes "missing" in another way than usual.',
  CLINICAL_COLUMN_MISSING: 'Nothing that needs this column can be told for any patient.',
  CLINICAL_COLUMN_NOT_USED: 'What the column holds reaches neither the store nor a model.',
  CLINICAL_NO_SURGERY_DAY:
    'Survival is counted from surgery, so this patient has no survival time and teaches no model.',
  CLINICAL_NO_SURVIVAL_STATUS: 'Nobody knows how this patient fared, so the patient teaches no model.',
  CLINICAL_ALIVE_WITH_DEATH:
    'Status and dates exclude each other; the patient teaches no model until one of them is mended.',
  CLINICAL_NO_FOLLOW_UP: 'The patient was never seen after surgery as far as the table tells, and teaches no model.',
  CLINICAL_LAST_SEEN_BEFORE_SURGERY:
    'One of the dates is wrong; the patient has no survival time and teaches no model.',
  CLINICAL_DEATH_AFTER_LAST_SEEN: 'A usual gap in reporting; time runs to the date of death.',
  CLINICAL_SEEN_AFTER_DEATH: 'One of the two dates is wrong; look into the source before trusting this patient’s time.',
  CLINICAL_TIME_TO_DEATH_DIFFERS: 'The source contradicts itself; the dates win over the number it states.',
  CLINICAL_DEATH_WITHOUT_DATES: 'The time rests on a number that the dates cannot confirm.',
  CLINICAL_SURGERY_AFTER_DEATH:
    'One of the dates or a sign is wrong; the time rests on the number that the source states.',
  CLINICAL_RECURRENCE: 'Survival is not touched; do not rely on this patient’s time to recurrence.',
  CLINICAL_LONG_CT_GAP: 'The CT may not show the tumour as it was when it was removed.',
  CLINICAL_SAME_RECORD:
    'Perhaps one patient under two ids: counted twice, and able to sit in training and test at once.',
  CLINICAL_: 'The patient has no clinical record, hence no outcome, and teaches no model.',
  SAME_FEATURES:
    'Perhaps one image or sample under two ids: counted twice, and able to sit in training and test at once.',
  PIPELINE_IDS_ALIKE: 'If it is one patient, its data is torn apart: mend the ids in the source and run again.',
  PIPELINE_SEGMENTATION_PREFERRED: 'The features are those of one of two drawings, which may differ.',
  PIPELINE_PATIENT_TWICE: 'Nothing can be run on this folder until one of the two is taken away.',
  FILE_BROKEN: 'What the file holds is missing in every number; get the file again from its source.',
  FILE_UNKNOWN: 'The file is not used. Nothing to do if it is none of the data.',
  IMAGING_FINDINGS: 'The measuring went on; "thoracle run --json" shows each of them.',
  GENOMIC_:
    'Expression of these genes is missing or odd for the patients named; a model fills gaps with the median of its training.',
};

/** One sentence on what follows. */
export function meaningOf(code: string, severity: 'failure' | 'warning' | 'info'): string {
  const fits = Object.keys(meanings).filter((start) => code.startsWith(start));
  const longest = fits.sort((a, b) => b.length - a.length)[0];
  if (longest !== undefined) return meanings[longest] as string;
  if (severity === 'failure')
    return 'The patient has no features of this kind; a model fills them with the median of its training.';
  return 'The data is used as it is; look into the source when it matters.';
}
