import type { DataElement } from './data-elements.js';
import { textValue } from './dicom-bytes.js';

/** Whether the pixels may show names: said so by the file, likely from its kind, or neither. */
export type BurnedIn = 'yes' | 'suspected' | 'no';

/** Kinds of images that come from a screen or a camera, or on which scanners write the patient's name. */
const suspectModalities = new Set(['US', 'SC', 'OT', 'XC', 'ES', 'GM', 'IVUS', 'IVOCT', 'DOC']);
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** Judges by BurnedInAnnotation (0028,0301), class, modality and image type; pixels are not looked at. */
export function burnedInAnnotation(elements: readonly DataElement[], bytes: Buffer): BurnedIn {
  const value = (tag: number) => {
    const element = elements.find((e) => e.tag === tag);
    return element === undefined ? '' : textValue(bytes, element).toUpperCase();
  };
  const said = value(0x00280301);
  if (said === 'YES') return 'yes';
  if (!elements.some(({ tag }) => tag === 0x7fe00010)) return 'no';
  const sopClass = value(0x00080016);
  const captured = sopClass === secondaryCapture || sopClass.startsWith(`${secondaryCapture}.`);
  const screen = /SCREEN SAVE|SECONDARY\\(?:OTHER|CAPTURE)/.test(value(0x00080008));
  const suspect = captured || screen || (said !== 'NO' && suspectModalities.has(value(0x00080060)));
  return suspect ? 'suspected' : 'no';
}
