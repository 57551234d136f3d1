import { metageneGenes } from '../../cohort/index.js';

/** Where the metagenes were identified: Zhou et al., Radiology 2018;286(1):307-315. */
export const metageneReference = '10.1148/radiol.2017161845';

/** The 21 genes of 10 co-expressed clusters with prognostic value that the reference recipe keeps (see `metageneReference`). */
export const metagenes: readonly string[] = metageneGenes;
