import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { systemReason } from '../../../system-reason.js';
import { imagingError } from '../errors.js';
import { floatNiftiHeader } from '../nifti/write-nifti.js';
import type { FeatureMaps } from './feature-maps.js';

/**
 * Writes each map as `<column>.nii.gz` (float32) into a folder, made when absent. Slices go to the files as they are
 * measured, so no more than one slice of each map is in memory. All files get their names at the end: a call that is
 * interrupted or fails leaves none. The same maps give the same bytes.
 * @param onProgress called with the number of voxels measured so far and in all
 * @returns the paths, in the order of the columns
 * @throws ImagingError MAPS_FOLDER when the folder cannot be written
 */
export async function writeFeatureMaps(
  folder: string,
  maps: FeatureMaps,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly string[]> {
  const targets = maps.columns.map((column) => join(folder, `${column}.nii.gz`));
  const outputs: MapOutput[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const target of targets) outputs.push(openOutput(join(folder, `.${basename(target)}.${process.pid}.part`)));
    const header = floatNiftiHeader(maps.grid);
    await Promise.all(outputs.map((output) => output.write(header)));
    for (const { values } of maps.slices((done) => onProgress(done, maps.voxelCount))) {
      await Promise.all(values.map((map, i) => outputs[i]?.write(littleEndianFloats(map))));
    }
    await Promise.all(outputs.map((output) => output.close()));
    await Promise.all(outputs.map((output, i) => rename(output.file, targets[i] as string)));
  } catch (error) {
    await Promise.allSettled(outputs.map((output) => output.abandon()));
    if (error instanceof Error && 'syscall' in error) throw imagingError('MAPS_FOLDER', folder, systemReason(error));
    throw error;
  }
  return targets;
}

interface MapOutput {
  readonly file: string;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abandon(): Promise<void>;
}

function openOutput(file: string): MapOutput {
  const gzip = createGzip({ level: 1 });
  const ended = pipeline(gzip, unknownSystem(), createWriteStream(file));
  // A failure is reported by whichever write or close is waiting for it.
  ended.catch(() => undefined);
  return {
    file,
    write: (bytes) => Promise.race([written(gzip, bytes), ended]),
    close: () => {
      gzip.end();
      return ended;
    },
    abandon: async () => {
      gzip.destroy();
      await ended.catch(() => undefined);
      await rm(file, { force: true });
    },
  };
}

function written(gzip: Gzip, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Byte 9 of a gzip file names the operating system (RFC 1952); 255 = unknown, so that it is the same everywhere. */
function unknownSystem(): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (at <= 9 && at + chunk.length > 9) chunk[9 - at] = 255;
      at += chunk.length;
      done(null, chunk);
    },
  });
}

function littleEndianFloats(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] as number, true);
  return bytes;
}
