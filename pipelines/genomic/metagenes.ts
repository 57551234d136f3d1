/** Where the metagenes were identified: Zhou et al., Radiology 2018;286(1):307-315. */
export const metageneReference = '10.1148/radiol.2017161845';

/** The 21 genes of 10 co-expressed clusters with prognostic value that the reference recipe keeps (see `metageneReference`). */
export const metagenes: readonly string[] = [
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
];
