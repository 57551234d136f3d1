import { Command, Option } from 'commander';
import { measure } from '../../pipelines/imaging/measuring.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { createOutput, type Output, textTable } from '../io.js';
import { nameOrNumber, wholeNumber } from '../option-values.js';
import { type MapOptions, mapOptions } from './map-options.js';
import { perturbationOptions } from './perturbation-options.js';
import type { PerturbOptions } from './radiomics-perturb.js';
import { type OpenedRegion, openRegion, type RegionChoice, radiomicsSettings } from './radiomics-region.js';

interface RadiomicsOptions extends RegionChoice, MapOptions, PerturbOptions {
  readonly settings?: string;
  readonly ibsi?: string;
  readonly pictures?: string;
  readonly json?: boolean;
}

/** `thoracle radiomics IMAGE [MASK] [--roi NAME | --label N] [--settings FILE.yaml | --ibsi FILE.yaml]`. */
export function radiomicsCommand(context: CommandContext): Command {
  const command = new Command('radiomics')
    .description('radiomics features of one image and its mask, without a store')
    .argument('<image>', 'a folder of one DICOM series, a DICOM file, .nii, .nii.gz or .nrrd')
    .argument(
      '[mask]',
      'a DICOM SEG or RTSTRUCT (or a folder with one), .nii, .nii.gz or .nrrd (default: the one in the folder of the image)',
    )
    .option('--series <which>', 'a folder of several image series: series UID or description')
    .option('--segmentation <which>', 'a folder of several SEG or RTSTRUCT: series UID, description or file name')
    .option('--roi <name>', 'RTSTRUCT: name or number of the ROI; SEG: label or number of the segment', nameOrNumber)
    .addOption(
      new Option('--label <n>', 'NIfTI, NRRD: value of the region; SEG, RTSTRUCT: number')
        .argParser(wholeNumber(1, 65_535))
        .conflicts('roi'),
    )
    .option('--settings <file>', 'PyRadiomics parameter file (YAML)')
    .addOption(ibsiOption(['settings', 'maps', 'perturb']))
    .option(
      '--pictures <dir>',
      'write ct.nii.gz, mask.nii.gz and pictures with the region outlined (lung and mediastinum window)',
    )
    .option('--json', 'print one JSON document');
  command.addOption(
    new Option(
      '--perturb <n>',
      'measure again under so many perturbations; prints how far each feature moves',
    ).argParser(wholeNumber(2, 1000)),
  );
  for (const option of [...perturbationOptions(), ...mapOptions()]) command.addOption(option);
  return command.action((imagePath: string, maskPath: string | undefined, options: RadiomicsOptions) => {
    refuseIdleOptions(command, options);
    return measureRegion(imagePath, maskPath, options, context);
  });
}

/** Options that say how something is done, each with the option that asks for it. */
const needed = { mapsTo: 'maps', kernelRadius: 'maps', perturbBy: 'perturb', seed: 'perturb' } as const;

/** An option that would change nothing is a mistake of the person who wrote it. */
function refuseIdleOptions(command: Command, options: RadiomicsOptions): void {
  for (const [name, other] of Object.entries(needed)) {
    if (options[other] !== undefined || command.getOptionValueSource(name) !== 'cli') continue;
    const flag = command.options.find((option) => option.attributeName() === name)?.long ?? name;
    throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(`${flag} changes nothing without --${other}`));
  }
}

/** `--ibsi <file>`, and the options of the other mode that it excludes. */
function ibsiOption(conflicts: readonly string[]): Option {
  return new Option(
    '--ibsi <file>',
    "the features of IBSI 1 under this file's settings (YAML; none has a default)",
  ).conflicts([...conflicts]);
}

async function measureRegion(
  imagePath: string,
  maskPath: string | undefined,
  options: RadiomicsOptions,
  context: CommandContext,
): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  if (options.ibsi !== undefined) return measureByIbsi(imagePath, maskPath, { ...options, ibsi: options.ibsi }, output);
  const settings = await radiomicsSettings(options.settings);
  const { volume, mask, findings } = await openRegion(imagePath, maskPath, options, settings);
  for (const finding of findings) output.note(`note: ${finding.message}`);
  const { features, diagnostics } = measure(volume, mask, settings);
  const region = { volume, mask };
  const files = [...(await picturesOf(region, options.pictures))];
  // What most calls do not ask for is loaded only where it is: loading takes as long as measuring.
  if (options.maps !== undefined) {
    const { writeMaps } = await import('./radiomics-maps.js');
    files.push(...(await writeMaps(options.maps, options, region, settings, context, output)));
  }
  for (const file of files) output.note(`written: ${file}`);
  const answer = { features: Object.fromEntries(features), diagnostics, findings, files };
  if (options.perturb === undefined) {
    output.answer(answer, () => textTable(['feature', 'value'], [...features]));
    return;
  }
  const { perturbRegion, spreadTable } = await import('./radiomics-perturb.js');
  const robustness = perturbRegion(options.perturb, options, region, settings, context, output);
  output.answer({ ...answer, robustness }, () => spreadTable(robustness.spread));
}

async function measureByIbsi(
  imagePath: string,
  maskPath: string | undefined,
  options: RadiomicsOptions & { readonly ibsi: string },
  output: Output,
): Promise<void> {
  const { answerIbsi, ibsiSettings } = await import('./radiomics-ibsi.js');
  const settings = await ibsiSettings(options.ibsi);
  const region = await openRegion(imagePath, maskPath, options, settings);
  for (const finding of region.findings) output.note(`note: ${finding.message}`);
  const files = await picturesOf(region, options.pictures);
  for (const file of files) output.note(`written: ${file}`);
  answerIbsi(region, settings, files, output);
}

/** Paths of the pictures written into a folder; none without one. */
async function picturesOf(
  region: Pick<OpenedRegion, 'volume' | 'mask'>,
  folder: string | undefined,
): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const { writePictures } = await import('./radiomics-pictures.js');
  return writePictures(folder, region);
}
