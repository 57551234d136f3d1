/// <reference path="./codec-packages.d.ts" />
import { inflateRawSync } from 'node:zlib';
import { ImagingError, imagingError } from '../errors.js';
import { type CodestreamHeader, readCodestreamHeader } from './codestream.js';
import { decodeExtendedJpeg } from './jpeg-extended.js';
import { unpackRle } from './rle.js';
import type { PixelEncoding } from './transfer-syntax.js';

/** What the data set says of a frame. */
export interface FrameShape {
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 1 | 8 | 16;
}

/**
 * Unpacks one frame.
 * @returns one number per pixel, or packed bits (first pixel = least significant bit) when `bitsAllocated` is 1
 * @throws ImagingError DICOM_PIXELS
 */
export type FrameCodec = (bytes: Uint8Array, shape: FrameShape) => Uint8Array | Uint16Array;

/** Most pixels of a compressed frame: its size is a claim that no number of bytes backs. */
const mostPixels = 2 ** 26;

/** Codecs that were met, so that a series starts each of them once. */
const loaded = new Map<PixelEncoding, Promise<FrameCodec>>();

/** The codec of an encoding, loaded when it is first met; undefined for pixels that are not encapsulated. */
export async function loadCodec(encoding: PixelEncoding): Promise<FrameCodec | undefined> {
  if (encoding === 'native') return undefined;
  const known = loaded.get(encoding);
  if (known !== undefined) return known;
  const codec = codecs[encoding](() => loaded.delete(encoding)).then(limited);
  loaded.set(encoding, codec);
  return codec;
}

const limited =
  (codec: FrameCodec): FrameCodec =>
  (bytes, shape) => {
    if (shape.rows * shape.columns > mostPixels) {
      const why = `a frame of ${shape.columns} x ${shape.rows} pixels is larger than the ${mostPixels} that are unpacked`;
      throw imagingError('DICOM_PIXELS', shape.file, why);
    }
    return codec(bytes, shape);
  };

const pixelsOf = ({ rows, columns }: FrameShape): number => rows * columns;

/** Bytes of a frame that is not compressed: 1 bit pixels are packed, each frame starts a byte. */
const frameBytes = (shape: FrameShape): number => Math.ceil((pixelsOf(shape) * shape.bitsAllocated) / 8);

/** Little endian bytes as one number per pixel (as packed bits when they are 1 bit wide). */
function asWords(bytes: Uint8Array, shape: FrameShape): Uint8Array | Uint16Array {
  if (shape.bitsAllocated !== 16) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: pixelsOf(shape) }, (_, i) => view.getUint16(2 * i, true));
}

type Encapsulated = Exclude<PixelEncoding, 'native'>;

/** `forget` is called when a codec is left unusable. */
const codecs: Readonly<Record<Encapsulated, (forget: () => void) => Promise<FrameCodec>>> = {
  'raw-frames': async () => (bytes, shape) => {
    const expected = frameBytes(shape);
    if (bytes.length < expected) throw imagingError('DICOM_TRUNCATED', shape.file, bytes.length, expected);
    return asWords(bytes.subarray(0, expected), shape);
  },
  'deflated-frames': async () => inflateFrame,
  rle: async () => (bytes, shape) => {
    if (shape.bitsAllocated === 1) return unpackRle(shape.file, bytes, frameBytes(shape), 1);
    return asWords(unpackRle(shape.file, bytes, pixelsOf(shape), shape.bitsAllocated === 16 ? 2 : 1), shape);
  },
  jpeg: async (forget) => {
    const { default: factory } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    const { JPEGDecoder } = await factory(quiet());
    const decode = wasmFrame('jpeg', JPEGDecoder, forget);
    return (bytes, shape) => {
      const header = checkedHeader(bytes, shape, 'jpeg');
      return header.precision === 8 ? decode(bytes, shape) : guarded(shape, () => decodeExtendedJpeg(bytes, header));
    };
  },
  'jpeg-lossless': async () => {
    const { Decoder } = await import('jpeg-lossless-decoder-js');
    return (bytes, shape) => {
      const header = checkedHeader(bytes, shape, 'jpeg-lossless');
      if (header.process !== 0xc3) throw imagingError('DICOM_PIXELS', shape.file, 'a frame is not lossless JPEG');
      return guarded(shape, () => {
        const decoder = new Decoder();
        const { buffer } = new Uint8Array(bytes);
        const out = decoder.decode(buffer, 0, bytes.length);
        if (decoder.yLoc < shape.rows) throw new Error('it ends before its last line');
        return out;
      });
    };
  },
  'jpeg-ls': async (forget) => {
    const { default: factory } = await import('@cornerstonejs/codec-charls/decodewasmjs');
    return wasmFrame('jpeg-ls', (await factory(quiet())).JpegLSDecoder, forget);
  },
  'jpeg-2000': async (forget) => {
    const { default: factory } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    return wasmFrame('jpeg-2000', (await factory(quiet())).J2KDecoder, forget);
  },
  htj2k: async (forget) => {
    const { default: factory } = await import('@cornerstonejs/codec-openjph/wasmjs');
    return wasmFrame('htj2k', (await factory(quiet())).HTJ2KDecoder, forget);
  },
};

/** A new object each time: it becomes the module itself. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

function inflateFrame(bytes: Uint8Array, shape: FrameShape): Uint8Array | Uint16Array {
  const expected = frameBytes(shape);
  const out = guarded(shape, () => inflateRawSync(bytes, { maxOutputLength: expected + 2 }));
  if (out.length < expected) throw imagingError('DICOM_TRUNCATED', shape.file, out.length, expected);
  return asWords(out.subarray(0, expected), shape);
}

/** A frame through a decoder of the Emscripten kind. */
function wasmFrame(encoding: PixelEncoding, Decoder: new () => WasmFrameDecoder, forget: () => void): FrameCodec {
  return (bytes, shape) => {
    const { precision } = checkedHeader(bytes, shape, encoding);
    return guarded(
      shape,
      () => {
        const decoder = new Decoder();
        decoder.getEncodedBuffer(bytes.length).set(bytes);
        decoder.decode();
        const decoded = decoder.getDecodedBuffer();
        const wide = precision > 8;
        const expected = pixelsOf(shape) * (wide ? 2 : 1);
        if (decoded.length < expected) throw new Error(`${decoded.length} bytes came out, expected ${expected}`);
        // A copy: the module's memory is used again for the next frame.
        const out = decoded.slice(0, expected);
        decoder.delete();
        return wide ? new Uint16Array(out.buffer) : out;
      },
      forget,
    );
  };
}

/** @throws ImagingError DICOM_PIXELS when the compressed frame is not the image that the data set describes */
function checkedHeader(bytes: Uint8Array, shape: FrameShape, encoding: PixelEncoding): CodestreamHeader {
  const header = readCodestreamHeader(shape.file, bytes, encoding);
  const invalid = (why: string) => imagingError('DICOM_PIXELS', shape.file, why);
  if (header.rows !== shape.rows || header.columns !== shape.columns) {
    const expected = `${shape.columns} x ${shape.rows}`;
    throw invalid(`a compressed frame is ${header.columns} x ${header.rows} pixels, expected ${expected}`);
  }
  if (header.components !== 1) throw invalid(`a compressed frame has ${header.components} components, expected 1`);
  const most = shape.bitsAllocated === 1 ? 8 : shape.bitsAllocated;
  if (header.precision > most) {
    throw invalid(`a compressed frame has ${header.precision} bits a pixel, expected at most ${most}`);
  }
  return header;
}

/** Whatever a decoder throws (C++ exceptions come as numbers) becomes one sentence. */
function guarded<T>(shape: FrameShape, decode: () => T, forget: () => void = () => undefined): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof ImagingError) throw cause;
    // A decoder that ended in a trap or an exception keeps its memory: a fresh one is started for the next file.
    forget();
    const why = cause instanceof Error && cause.name !== 'RuntimeError' ? cause.message : 'it is damaged';
    throw imagingError('DICOM_PIXELS', shape.file, `a compressed frame cannot be unpacked (${why.split('\n')[0]})`);
  }
}
