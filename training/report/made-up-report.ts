import { PCA } from 'ml-pca';
import type { ModelColumn } from '../bundle/index.js';
import { madeUpExplanation, madeUpNested } from './made-up-explanation.js';
import type { ReportData, ScoredPatient } from './report-data.js';

/** Numbers between 0 and 1 from a seed (Park & Miller's minimal standard generator, doi:10.1145/63039.63042). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const genes =
  'LRIG1 HPGD GDF15 CDH2 POSTN VCAN PDGFRA VCAM1 CD44 CD48 CD4 LYL1 SPI1 CD37 VIM LMO2 EGR2 BGN COL4A1 COL5A1 COL5A2';
const clinical =
  'AgeatHistologicalDiagnosis Weightlbs PackYears Gender_Male Gender_Female Smokingstatus_Current Smokingstatus_Former Histology_Adenocarcinoma Histology_Squamouscellcarcinoma PathologicalTstage_T1a PathologicalTstage_T2a PathologicalNstage_N0 PathologicalNstage_N2 EGFRmutationstatus_Mutant KRASmutationstatus_Mutant Pleuralinvasionelasticvisceralorparietal_Yes DaysbetweenCTandsurgery';
const families = ['firstorder_Mean', 'firstorder_Entropy', 'firstorder_Skewness', 'glcm_Contrast', 'glcm_JointEntropy'];
const imaging = [
  'shape_MeshVolume',
  'shape_Sphericity',
  'shape_Maximum3DDiameter',
  'glszm_LargeAreaLowGrayLevelEmphasis',
]
  .concat(families, ['glrlm_RunLengthNonUniformityNormalized', 'gldm_DependenceVariance', 'ngtdm_Busyness'])
  .map((name) => `original_${name}`);

const column =
  (group: string) =>
  (feature: string): ModelColumn => ({ group, version: 1, feature, role: 'feature', unit: '1' });

/** A report of a study that never was: right in shape, with the effects of a real one. For tests and for looking at the page. */
export function madeUpReport(patients = 119, changed: Partial<ReportData> = {}): ReportData {
  const random = generator(20261123);
  const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const columns = [
    ...genes.split(' ').map(column('genomic')),
    ...clinical.split(' ').map(column('clinical')),
    ...imaging.map(column('imaging')),
  ];
  const id = (i: number): string => `R01-${String(i + 1).padStart(3, '0')}`;
  const scored = Array.from({ length: patients }, (_, i): ScoredPatient => {
    const risk = normal();
    const dead = random() < 1 / (1 + Math.exp(-(risk * 1.1 - 0.7)));
    const timeDays =
      i % 40 === 7 ? Number.NaN : Math.round((dead ? 900 : 1900) * Math.exp(-0.35 * risk) * (0.3 + random()));
    return { patientId: id(i), probability: 1 / (1 + Math.exp(-(0.8 * risk - 0.4 + 0.5 * normal()))), dead, timeDays };
  });
  return {
    title: 'Survival after surgery for lung cancer',
    modelId: '4c1f9b2ad7e05530',
    recipe: 'default',
    modalities: ['genomic', 'clinical', 'imaging'],
    seed: 0,
    warnings: [
      `The sample is small (${patients} patients): every interval below is wide, and a difference inside it is no difference.`,
      'Imaging is missing for 59 of the patients; their imaging columns were filled with medians of the training part.',
    ],
    dataset: madeUpDataset(scored, columns.length + 4),
    evaluation:
      'Stratified 5-fold cross-validation, repeated 5 times; 95 % intervals by 1000 bootstrap resamples of patients.',
    ...estimates,
    scored,
    threshold: 0.5,
    pca: analysed(columns, normal),
    explanation: madeUpExplanation(
      columns,
      scored.map((p) => p.patientId),
      normal,
    ),
    nested: madeUpNested,
    excluded,
    lineage,
    ...changed,
  };
}

function madeUpDataset(scored: readonly ScoredPatient[], features: number): ReportData['dataset'] {
  const patients = scored.length;
  return {
    digest: '9f2c'.repeat(16),
    patients,
    events: scored.filter((p) => p.dead).length,
    features,
    complete: 60,
    incomplete: patients - 60,
    perModality: [
      { name: 'genomic', patients: 117, features: 21 },
      { name: 'clinical', patients, features: 21 },
      { name: 'imaging', patients: 60, features: imaging.length },
    ],
    leftOut: [{ patientId: 'R01-004', reason: 'no survival status' }],
    unusable: [
      'PathologicalMstage_M1b',
      'Ethnicity_NativeHawaiianPacificIslander',
      'Histology_NSCLCNOS',
      'TumorLocation_Unknown',
    ],
  };
}

const excluded: ReportData['excluded'] = [
  { column: 'clinical.TimetoDeathdays', role: 'outcome' },
  { column: 'clinical.Recurrence_yes', role: 'post-baseline' },
  { column: 'clinical.Chemotherapy_Yes', role: 'post-baseline' },
  { column: 'clinical.SurvivalStatus', role: 'label' },
];
const lineage: ReportData['lineage'] = {
  thoracleVersion: '0.1.0',
  xgboostVersion: '3.2.0',
  groups: ['genomic', 'clinical', 'imaging'].map((name, i) => ({
    name,
    version: 1,
    settingsDigest: `${i}a7e`.repeat(16),
  })),
};

const between = (value: number, low: number, high: number) => ({ value, low, high });
const estimates: Pick<ReportData, 'metrics' | 'baseline' | 'holdout'> = {
  metrics: {
    rocAuc: between(0.712, 0.614, 0.803),
    prAuc: between(0.604, 0.47, 0.734),
    brier: between(0.201, 0.17, 0.233),
    accuracy: between(0.689, 0.605, 0.773),
    f1Weighted: between(0.681, 0.592, 0.768),
    precision: between(0.571, 0.4, 0.737),
    recall: between(0.488, 0.341, 0.639),
    harrellC: between(0.664, 0.581, 0.742),
  },
  baseline: {
    rocAuc: between(0.5, 0.5, 0.5),
    prAuc: between(0.353, 0.269, 0.437),
    brier: between(0.228, 0.202, 0.249),
    accuracy: between(0.647, 0.563, 0.731),
    f1Weighted: between(0.508, 0.406, 0.618),
    precision: between(0, 0, 0),
    recall: between(0, 0, 0),
    harrellC: between(0.5, 0.5, 0.5),
  },
  holdout: { rocAuc: between(0.73, 0.5, 0.92), accuracy: between(0.708, 0.5, 0.875) },
};

/** A real analysis of made-up columns that share a few hidden factors. */
function analysed(columns: readonly ModelColumn[], normal: () => number): ReportData['pca'] {
  const offset: Readonly<Record<string, number>> = { genomic: 0, clinical: 2, imaging: 4 };
  const weights = columns.map((c) =>
    Array.from({ length: 6 }, (_, f) => normal() * (Math.abs(f - (offset[c.group] ?? 0)) < 2 ? 1 : 0.15)),
  );
  const rows = Array.from({ length: 119 }, () => {
    const factors = Array.from({ length: 6 }, normal);
    return weights.map((w) => w.reduce((sum, x, f) => sum + x * (factors[f] as number), normal()));
  });
  const pca = new PCA(rows, { center: true, scale: true });
  const shares = pca.getExplainedVariance();
  const kept = pca.getCumulativeVariance().findIndex((share) => share >= 0.95) + 1;
  const components = pca.getEigenvectors().transpose().to2DArray();
  const spread = pca.getEigenvalues().map(Math.sqrt);
  return {
    columns,
    components: components.slice(0, kept),
    explainedVarianceRatio: shares.slice(0, kept),
    allExplainedVarianceRatio: shares,
    correlations: columns.map(
      (_, c) => [0, 1].map((k) => (components[k]?.[c] ?? 0) * (spread[k] ?? 0)) as [number, number],
    ),
  };
}
