import { imagingError } from '../errors.js';

/** How a data set is written. Pixel data of every one of these is uncompressed. */
export interface TransferSyntax {
  readonly uid: string;
  readonly bigEndian: boolean;
}

const uncompressed: ReadonlyMap<string, TransferSyntax> = new Map(
  [
    { uid: '1.2.840.10008.1.2', bigEndian: false },
    { uid: '1.2.840.10008.1.2.1', bigEndian: false },
    { uid: '1.2.840.10008.1.2.1.99', bigEndian: false },
    { uid: '1.2.840.10008.1.2.2', bigEndian: true },
  ].map((syntax) => [syntax.uid, syntax]),
);

/** Names of the compressed transfer syntaxes, DICOM PS3.6 table A-1. */
const compressedNames: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'JPEG Baseline (Process 1)',
  '1.2.840.10008.1.2.4.51': 'JPEG Extended (Process 2 and 4)',
  '1.2.840.10008.1.2.4.57': 'JPEG Lossless, Non-Hierarchical (Process 14)',
  '1.2.840.10008.1.2.4.70': 'JPEG Lossless, Non-Hierarchical, First-Order Prediction',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS Lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS Near-Lossless',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000 Lossless Only',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
  '1.2.840.10008.1.2.4.92': 'JPEG 2000 Part 2 Multi-component Lossless Only',
  '1.2.840.10008.1.2.4.93': 'JPEG 2000 Part 2 Multi-component',
  '1.2.840.10008.1.2.4.94': 'JPIP Referenced',
  '1.2.840.10008.1.2.4.95': 'JPIP Referenced Deflate',
  '1.2.840.10008.1.2.4.100': 'MPEG2 Main Profile / Main Level',
  '1.2.840.10008.1.2.4.101': 'MPEG2 Main Profile / High Level',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 AVC/H.264 High Profile / Level 4.1',
  '1.2.840.10008.1.2.4.110': 'JPEG XL Lossless',
  '1.2.840.10008.1.2.4.111': 'JPEG XL JPEG Recompression',
  '1.2.840.10008.1.2.4.112': 'JPEG XL',
  '1.2.840.10008.1.2.4.201': 'High-Throughput JPEG 2000 Lossless Only',
  '1.2.840.10008.1.2.4.202': 'High-Throughput JPEG 2000 with RPCL Options Lossless Only',
  '1.2.840.10008.1.2.4.203': 'High-Throughput JPEG 2000',
  '1.2.840.10008.1.2.5': 'RLE Lossless',
  '1.2.840.10008.1.2.8.1': 'Deflated Image Frame Compression',
};

/**
 * The transfer syntax of a file's pixel data.
 * @throws ImagingError DICOM_TRANSFER_SYNTAX for every compressed or unknown one, with its UID and name
 */
export function uncompressedTransferSyntax(file: string, uid: string): TransferSyntax {
  const syntax = uncompressed.get(uid);
  if (syntax === undefined) {
    throw imagingError('DICOM_TRANSFER_SYNTAX', file, uid, compressedNames[uid] ?? 'a name this program does not know');
  }
  return syntax;
}
