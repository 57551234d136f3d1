import { families } from '../radiomics/families.js';
import { imageTypeNames } from './image-types.js';
import { featureReaders, filterReaders, imageReaders, voxelReaders } from './setting-readers.js';
import type { Filter } from './settings.js';

/** One key of a parameter file, for a reference page. */
export interface SettingEntry {
  readonly section: 'setting' | 'voxelSetting' | 'imageType' | 'featureClass';
  readonly key: string;
  /** As it would be written into the file; empty for what has none. */
  readonly byDefault: string;
  readonly accepted: string;
  readonly meaning: string;
  /** Whether an image type may have a value of its own. */
  readonly perImageType: boolean;
}

/** Default (as YAML) and meaning. */
type Described<Readers> = Readonly<Record<keyof Readers, readonly [byDefault: string, meaning: string]>>;

const ofFeatures: Described<typeof featureReaders> = {
  binWidth: ['25', 'Width of the bins of grey values; their edges are multiples of it'],
  binCount: [
    'null',
    'Number of equal bins between the lowest and the highest value of the region, in place of binWidth',
  ],
  distances: ['[1]', 'Chebyshev distances (voxels) of neighbours in GLCM, GLDM and NGTDM'],
  symmetricalGLCM: ['true', 'Count each pair of voxels in both orders'],
  gldm_a: ['0', 'GLDM: a neighbour depends on a voxel when their levels differ by at most this'],
  weightingNorm: [
    'null',
    'Weigh the directions of GLCM and GLRLM by exp(-d²), d their length in mm in this norm, and sum; null: mean over directions',
  ],
  force2D: ['false', 'No neighbours across slices; filters work within slices'],
  force2Ddimension: [
    '0',
    'What counts as across with force2D (and for shape2D and LBP2D): 0 = z (axial slices), 1 = y, 2 = x',
  ],
  voxelArrayShift: ['0', 'Added to every value before Energy, TotalEnergy and RootMeanSquared'],
};

const ofFilters: Described<typeof filterReaders> = {
  sigma: ['', 'LoG: widths of the Gaussian in mm, each an image; named in the columns as written (2 and 2.0 differ)'],
  start_level: ['0', 'Wavelet: levels that are computed but not measured'],
  level: ['1', 'Wavelet: levels that are measured'],
  wavelet: ['coif1', 'Wavelet: its name'],
  gradientUseSpacing: ['true', 'Gradient: per mm; false: per voxel'],
  lbp2DRadius: ['1', 'LBP2D: radius of the circle (voxels)'],
  lbp2DSamples: ['8', 'LBP2D: points on the circle'],
  lbp2DMethod: ['uniform', 'LBP2D: how the points become a number'],
  lbp3DLevels: ['2', 'LBP3D: spherical harmonics up to this degree, each an image'],
  lbp3DIcosphereRadius: ['1', 'LBP3D: radius of the sphere (voxels)'],
  lbp3DIcosphereSubdivision: ['1', 'LBP3D: how often the faces of the icosahedron are divided'],
};

const ofImage: Described<typeof imageReaders> = {
  label: ['1', 'Value of the region in a label map'],
  label_channel: [
    '0',
    'Channel of a mask whose voxels are vectors; such masks are not read, so any other number is refused',
  ],
  normalize: ['false', 'Subtract the mean of the whole image and divide by its standard deviation'],
  normalizeScale: ['1', 'With normalize: multiply by this'],
  removeOutliers: ['null', 'With normalize: clip beyond this many standard deviations'],
  resampledPixelSpacing: ['null', 'New voxel spacing; where the region is one slice thick the spacing stays'],
  interpolator: ['sitkBSpline', 'How the image is resampled; masks by the nearest voxel. null: no resampling'],
  padDistance: ['5', 'Voxels kept around the region with resampling or preCrop'],
  preCrop: ['false', 'Cut the image to the region and padDistance first; filters see nothing beyond'],
  resegmentRange: ['null', 'Keep voxels from the first to the second number only (or from the first up)'],
  resegmentMode: [
    'absolute',
    'Unit of resegmentRange: grey values, shares of the maximum, or standard deviations around the mean',
  ],
  resegmentShape: ['false', 'Shape of the re-segmented region, not of the whole'],
  minimumROIDimensions: ['2', 'Axes along which the region must have more than one voxel'],
  minimumROISize: ['null', 'The region must have more voxels than this'],
  geometryTolerance: [
    'null',
    'How far the grids of image and mask may differ (share of the voxel width along x; direction cosines); null: the rounding of a file header',
  ],
  correctMask: ['false', 'Bring a mask of another grid onto that of the image (nearest voxel)'],
  additionalInfo: [
    '',
    'Diagnostics: true with SHA-1 digests of image and mask, false only those kept in a store; left out, all but the digests (PyRadiomics: true)',
  ],
};

const ofMaps: Described<typeof voxelReaders> = {
  kernelRadius: ['1', 'Maps: voxels around the centre of the kernel, in each direction'],
  maskedKernel: ['true', 'Maps: only voxels of the region count in a kernel'],
  initValue: ['0', 'Maps: value outside the region'],
  voxelBatch: [
    '',
    'Maps: voxels worked on at a time in PyRadiomics; changes nothing here, where slices are written as they are measured',
  ],
};

const ofTypes: Readonly<Record<Filter['type'], readonly [keys: string, meaning: string]>> = {
  Original: ['', 'The image as it is'],
  Wavelet: [
    'wavelet, level, start_level, force2D, force2Ddimension',
    'Undecimated wavelet transform: 8 images a level (4 with force2D), the lowest passes of the last level only',
  ],
  LoG: ['sigma', 'Laplacian of a Gaussian, times sigma²'],
  Square: ['', '(c x)², c so that the largest magnitude stays'],
  SquareRoot: ['', 'sign(x) √(c |x|)'],
  Logarithm: ['', 'sign(x) c ln(|x| + 1)'],
  Exponential: ['', 'exp(c x)'],
  Gradient: ['gradientUseSpacing', 'Length of the gradient'],
  LBP2D: ['lbp2DRadius, lbp2DSamples, lbp2DMethod, force2Ddimension', 'Local binary pattern within slices'],
  LBP3D: [
    'lbp3DLevels, lbp3DIcosphereRadius, lbp3DIcosphereSubdivision',
    'Local binary patterns by spherical harmonics, an image a degree, and their kurtosis',
  ],
};

/** Every key of a parameter file that is read, section after section. */
export function settingCatalogue(): readonly SettingEntry[] {
  return [
    ...keys('setting', imageReaders, ofImage, false),
    ...keys('setting', featureReaders, ofFeatures, true),
    ...keys('setting', filterReaders, ofFilters, true),
    ...imageTypeNames.map((key): SettingEntry => {
      const [own, meaning] = ofTypes[key];
      const accepted = own === '' ? 'settings of the features' : `settings of the features; ${own}`;
      return { section: 'imageType', key, byDefault: '', accepted, meaning, perImageType: false };
    }),
    ...families.map(({ name, features }): SettingEntry => {
      const accepted = `nothing (all that are not on request only), or a list of its ${features.length} names`;
      return {
        section: 'featureClass',
        key: name,
        byDefault: '',
        accepted,
        meaning: `Features of ${name}`,
        perImageType: false,
      };
    }),
    ...keys('voxelSetting', voxelReaders, ofMaps, false),
  ];
}

function keys<R extends Readonly<Record<string, { readonly expected: string }>>>(
  section: SettingEntry['section'],
  readers: R,
  described: Described<R>,
  perImageType: boolean,
): readonly SettingEntry[] {
  return Object.keys(readers).map((key) => {
    const [byDefault, meaning] = described[key as keyof R];
    const { expected } = readers[key] as { readonly expected: string };
    return { section, key, byDefault, accepted: expected, meaning, perImageType };
  });
}
