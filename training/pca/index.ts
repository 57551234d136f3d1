export { fitPca, type PcaFit, type PcaSize } from './pca.js';
