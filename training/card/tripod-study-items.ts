import { columnsByGroup, inputCount, leakyColumns, stepsInWords, taskInWords, thresholdInWords } from './card-facts.js';
import { answered, authors, fromReport, notApplicable, type TripodItem } from './tripod-answer.js';

/** Items 1 to 17: title, introduction and methods. */
export const studyItems: readonly TripodItem[] = [
  {
    number: '1',
    section: 'Title',
    asks: 'Title: that a multivariable model is developed or evaluated, in whom, for which outcome',
    answer: (facts) =>
      answered(
        'Model card, title',
        `Model developed in patients with non-small-cell lung cancer: ${taskInWords(facts)}.`,
      ),
  },
  {
    number: '2',
    section: 'Abstract',
    asks: 'Abstract (the checklist for abstracts)',
    answer: authors('the abstract; the model card is a start for it'),
  },
  {
    number: '3a',
    section: 'Introduction',
    asks: 'Background: the health care setting, why the model is made, models that exist already',
    answer: authors('the clinical background and earlier models'),
  },
  {
    number: '3b',
    section: 'Introduction',
    asks: 'Background: target population, purpose in the pathway of care, intended users',
    answer: () =>
      answered(
        'Model card, intended use',
        'Research on resected non-small-cell lung cancer, for researchers; no place in care.',
      ),
  },
  {
    number: '3c',
    section: 'Introduction',
    asks: 'Background: known inequalities in health between sociodemographic groups',
    answer: authors('known inequalities'),
  },
  {
    number: '4',
    section: 'Introduction',
    asks: 'Objectives: development, evaluation, or both',
    answer: () =>
      answered('Report, evaluation', 'Development with internal evaluation. No external evaluation was made.'),
  },
  {
    number: '5a',
    section: 'Methods, data',
    asks: 'Sources of the data for development and evaluation, and how well they represent the target population',
    answer: (facts) =>
      answered(
        'Report, lineage',
        `Feature groups ${facts.manifest.lineage.groups.map(({ name, version }) => `${name} version ${version}`).join(', ') || 'unknown'}, dataset ${facts.manifest.trainedOn.datasetDigest.slice(0, 12)}. How representative they are the authors state.`,
      ),
  },
  {
    number: '5b',
    section: 'Methods, data',
    asks: 'Dates: begin and end of accrual, end of follow-up',
    answer: authors('the dates (they are shifted in the public tables)'),
  },
  {
    number: '6a',
    section: 'Methods, participants',
    asks: 'Setting: kind, number and place of the centres',
    answer: authors('setting and centres'),
  },
  {
    number: '6b',
    section: 'Methods, participants',
    asks: 'Eligibility of participants',
    answer: fromReport(({ dataset }) =>
      answered(
        'Report, data',
        `Patients with a known outcome and a record in at least one modality; ${dataset.leftOut.length} left out, listed with the reason.`,
      ),
    ),
  },
  {
    number: '6c',
    section: 'Methods, participants',
    asks: 'Treatments received, and how they were handled',
    answer: (facts) =>
      leakyColumns(facts).length === 0
        ? answered(
            'Report, data',
            'Treatment after surgery has the role "post-baseline" and is kept out of the inputs; its effect on the outcome is not modelled.',
          )
        : answered('Report, warnings', `Columns from after surgery are inputs: ${leakyColumns(facts).join(', ')}.`),
  },
  {
    number: '7',
    section: 'Methods, preparation',
    asks: 'Data preparation and quality checks, and whether they were alike across sociodemographic groups',
    answer: (facts) =>
      answered(
        'Manifest, steps',
        `The same steps for everybody, fitted on training patients only: ${stepsInWords(facts)}.`,
      ),
  },
  {
    number: '8a',
    section: 'Methods, outcome',
    asks: 'Outcome: definition, horizon, how and when it is assessed, why it was chosen',
    answer: (facts) =>
      answered('Model card, what it predicts', `Death from any cause, counted from surgery: ${taskInWords(facts)}.`),
  },
  {
    number: '8b',
    section: 'Methods, outcome',
    asks: 'Qualifications of the assessors, where the outcome needs judgement',
    answer: () => notApplicable('Death needs no judgement.'),
  },
  {
    number: '8c',
    section: 'Methods, outcome',
    asks: 'Blinding of the assessment of the outcome',
    answer: authors('whether the outcome was recorded without knowledge of the predictors'),
  },
  {
    number: '9a',
    section: 'Methods, predictors',
    asks: 'Choice of the first set of predictors, and selection before the model',
    answer: (facts) =>
      answered(
        'Manifest, columns',
        `All columns of the role "feature" in the groups asked for, none chosen by hand: ${columnsByGroup(facts)}.${facts.manifest.warnings.some((text) => /selected|chosen/.test(text)) ? ' See the warnings on how the genes were chosen.' : ''}`,
      ),
  },
  {
    number: '9b',
    section: 'Methods, predictors',
    asks: 'Predictors: definition, how and when they are measured',
    answer: () =>
      answered(
        'Reference of features and clinical columns',
        'Every column has a definition, unit and role in the store; imaging features carry their IBSI code.',
      ),
  },
  {
    number: '9c',
    section: 'Methods, predictors',
    asks: 'Qualifications of the assessors, where predictors need judgement',
    answer: authors('who drew the segmentations and read stage and grade'),
  },
  {
    number: '10',
    section: 'Methods',
    asks: 'Sample size: how it was arrived at, and whether it is enough for the question',
    answer: ({ manifest }) =>
      answered(
        'Report, data',
        `All patients there are: ${manifest.trainedOn.patients}, ${manifest.trainedOn.events} deaths, ${inputCount({ manifest })} inputs of the fitted model. No calculation was made beforehand.`,
      ),
  },
  {
    number: '11',
    section: 'Methods',
    asks: 'Missing data: handling, reasons for leaving data out',
    answer: (facts) => {
      const impute = facts.manifest.members.some(({ steps }) => steps.some(({ kind }) => kind === 'impute'));
      return answered(
        'Manifest, steps',
        impute
          ? 'Filled in with values fitted on training patients; what was filled in is named with every prediction.'
          : 'Left missing: the trees learn a direction for it.',
      );
    },
  },
  {
    number: '12a',
    section: 'Methods, analysis',
    asks: 'How the data were used (partition) for development and evaluation',
    answer: fromReport(({ evaluation }) => answered('Report, evaluation', evaluation)),
  },
  {
    number: '12b',
    section: 'Methods, analysis',
    asks: 'How predictors enter (functional form, rescaling, transformation, standardisation)',
    answer: (facts) => answered('Manifest, steps', `${stepsInWords(facts)}.`),
  },
  {
    number: '12c',
    section: 'Methods, analysis',
    asks: 'Type of model, why, how it was built, its hyperparameters, internal validation',
    answer: ({ manifest }) =>
      answered(
        'Manifest; model file; decisions',
        `Recipe "${manifest.recipe}"${manifest.lineage.xgboostVersion === '' ? '' : `, XGBoost ${manifest.lineage.xgboostVersion}`}, seed ${manifest.trainedOn.seed}; the parameters are in the model file. Internal validation as under 12a.`,
      ),
  },
  {
    number: '12d',
    section: 'Methods, analysis',
    asks: 'Heterogeneity of parameters and performance across clusters (hospitals, countries)',
    answer: () => notApplicable('The data name no clusters.'),
  },
  {
    number: '12e',
    section: 'Methods, analysis',
    asks: 'Measures and plots of performance, and comparison of models',
    answer: ({ manifest }) =>
      answered(
        'Report',
        `${Object.keys(manifest.metrics).join(', ') || 'none'}; ROC, precision-recall, calibration and decision curves, survival by risk; baselines beside each.`,
      ),
  },
  {
    number: '12f',
    section: 'Methods, analysis',
    asks: 'Updating of the model after evaluation (recalibration)',
    answer: () => notApplicable('The model was not updated after its evaluation.'),
  },
  {
    number: '12g',
    section: 'Methods, analysis',
    asks: 'For evaluation: how predictions were calculated (formula, code, object, API)',
    answer: () =>
      answered(
        'Model folder',
        'The folder answers through `thoracle predict`, `thoracle serve` and the library; scores are of models that never saw the patient.',
      ),
  },
  {
    number: '13',
    section: 'Methods',
    asks: 'Class imbalance: methods, why, and recalibration afterwards',
    answer: ({ manifest: { trainedOn } }) =>
      answered(
        'Report, calibration',
        `${trainedOn.events} of ${trainedOn.patients} died. No reweighting or resampling, so that probabilities stay probabilities.`,
      ),
  },
  {
    number: '14',
    section: 'Methods',
    asks: 'Fairness: what was done, and why',
    answer: () =>
      answered(
        'Model card, limits',
        'Nothing was done, and performance by sex, age or ethnicity was not measured: the groups are too small.',
      ),
  },
  {
    number: '15',
    section: 'Methods',
    asks: 'Output of the model (probability, class) and how a threshold was found',
    answer: (facts) =>
      answered('Manifest, threshold', `The ${taskInWords(facts)}. ${thresholdInWords(facts)} Fixed beforehand.`),
  },
  {
    number: '16',
    section: 'Methods',
    asks: 'Differences of setting, eligibility, outcome and predictors between development and evaluation data',
    answer: () => notApplicable('Evaluation is internal: the same patients, split.'),
  },
  {
    number: '17',
    section: 'Methods',
    asks: 'Ethical approval and consent',
    answer: authors('approval and consent of the cohort'),
  },
];
