import { metageneGenes } from '../cohort-columns.js';
import type { PlannedPatient } from './cohort-plan.js';
import { RandomStream } from './random-stream.js';

/** Genes of the synthetic matrix that are no metagene representatives. */
const otherGenes = 1179;
const modules = 15;
/** FPKM below which a transcript counts as not detected and is written `NA`. */
const detectionLimit = 0.25;

interface Gene {
  readonly name: string;
  /** 0 is the module that follows the gene factor, which the outcome depends on. */
  readonly module: number;
  /** Correlation of the gene's log expression with its module. */
  readonly loading: number;
  readonly logMean: number;
  readonly logSd: number;
}

/** Genes whose expression falls when the factor rises. */
const protective: ReadonlySet<string> = new Set(['LRIG1', 'HPGD', 'LYL1', 'CD37']);

/**
 * The expression matrix in the layout of the GEO file: tab separated, first header cell empty, one column per patient in
 * no particular order, one row per gene, FPKM-like log-normal values, `NA` where not detected.
 * @returns lines without line ends; the first is the header
 */
export function* expressionLines(patients: readonly PlannedPatient[], seed: number): Generator<string> {
  const measured = new RandomStream(seed, 'expression columns').shuffled(patients.filter((p) => p.genomic));
  yield ['', ...measured.map((patient) => patient.patientId)].join('\t');
  const random = new RandomStream(seed, 'expression');
  const levels = moduleLevels(measured, random);
  for (const gene of new RandomStream(seed, 'expression rows').shuffled(geneList(seed))) {
    const level = levels[gene.module] as readonly number[];
    const own = Math.sqrt(1 - gene.loading ** 2);
    const cells = level.map((value) => {
      const logValue = gene.logMean + gene.logSd * (gene.loading * value + own * random.normal());
      return fpkm(Math.exp(logValue));
    });
    yield [gene.name, ...cells].join('\t');
  }
}

function fpkm(value: number): string {
  return value < detectionLimit ? 'NA' : String(Number(value.toFixed(6)));
}

/** Per module one value per patient: the gene factor for module 0, chance for the rest. */
function moduleLevels(patients: readonly PlannedPatient[], random: RandomStream): number[][] {
  return Array.from({ length: modules }, (_, module) =>
    patients.map((patient) => (module === 0 ? patient.factors.gene : random.normal())),
  );
}

function geneList(seed: number): Gene[] {
  const random = new RandomStream(seed, 'genes');
  const metagenes = metageneGenes.map((name) => ({
    name,
    module: 0,
    loading: (protective.has(name) ? -1 : 1) * random.between(0.84, 0.95),
    logMean: random.between(1.8, 3.5),
    logSd: random.between(0.4, 0.6),
  }));
  const others = Array.from({ length: otherGenes }, (_, i) => ({
    name: `SYNTH${String(i + 1).padStart(4, '0')}`,
    module: i % modules,
    loading: random.between(0.4, 0.85),
    // A third are hardly expressed, which is where NA comes from.
    logMean: random.chance(0.33) ? random.between(-2, 0.5) : random.between(0.5, 4.5),
    logSd: random.between(0.4, 0.9),
  }));
  return [...metagenes, ...others];
}
