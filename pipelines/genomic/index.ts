export { GenomicError, genomicErrors } from './errors.js';
export { readGeneList } from './gene-list.js';
export { type GenomicInput, type GenomicSettings, genomicStage } from './genomic-stage.js';
export { metageneReference, metagenes } from './metagenes.js';
