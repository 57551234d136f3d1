/**
 * The columns of the clinical table of the NSCLC Radiogenomics collection, in order, after the id column; one header
 * ends in a space, as in the original (Bakr et al. 2017, doi:10.7937/K9/TCIA.2017.7hs46erv).
 */
export const clinicalColumns = [
  'Patient affiliation',
  'Age at Histological Diagnosis',
  'Weight (lbs)',
  'Gender',
  'Ethnicity',
  'Smoking status',
  'Pack Years',
  'Quit Smoking Year',
  '%GG',
  'Tumor Location (choice=RUL)',
  'Tumor Location (choice=RML)',
  'Tumor Location (choice=RLL)',
  'Tumor Location (choice=LUL)',
  'Tumor Location (choice=LLL)',
  'Tumor Location (choice=L Lingula)',
  'Tumor Location (choice=Unknown)',
  'Histology ',
  'Pathological T stage',
  'Pathological N stage',
  'Pathological M stage',
  'Histopathological Grade',
  'Lymphovascular invasion',
  'Pleural invasion (elastic, visceral, or parietal)',
  'EGFR mutation status',
  'KRAS mutation status',
  'ALK translocation status',
  'Adjuvant Treatment',
  'Chemotherapy',
  'Radiation',
  'Recurrence',
  'Recurrence Location',
  'Date of Recurrence',
  'Date of Last Known Alive',
  'Survival Status',
  'Date of Death',
  'Time to Death (days)',
  'CT Date',
  'Days between CT and surgery',
  'PET Date',
] as const;

export type ClinicalColumn = (typeof clinicalColumns)[number];

/** The id column's name in copies of the table; the official file says `Case ID`. */
export const clinicalIdColumns = ['Case ID', 'Patient ID'] as const;

/** The 21 genes that stand for the metagenes of Zhou et al., Radiology 2018;286:307, doi:10.1148/radiol.2017161845. */
export const metageneGenes = [
  'LRIG1',
  'HPGD',
  'GDF15',
  'CDH2',
  'POSTN',
  'VCAN',
  'PDGFRA',
  'VCAM1',
  'CD44',
  'CD48',
  'CD4',
  'LYL1',
  'SPI1',
  'CD37',
  'VIM',
  'LMO2',
  'EGR2',
  'BGN',
  'COL4A1',
  'COL5A1',
  'COL5A2',
] as const;

/** First header cell of a synthetic cohort's table of true factors, by which the index keeps it out of the data. */
export const truthIdColumn = 'Synthetic truth of';
