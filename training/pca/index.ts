export { fitPcaWith } from './fit-with.js';
export { fitPca, type PcaOptions } from './pca.js';
export { type PcaFit, type PcaSize, type PcaSolver, projectOnComponents, rowsFromScores } from './pca-fit.js';
