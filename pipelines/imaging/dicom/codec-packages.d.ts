/** The codec packages ship no types: what is used of them. Each file exports a factory that starts a WebAssembly module. */
interface WasmFrameDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
}
type WasmCodecFactory<Name extends string> = (options: {
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<Readonly<Record<Name, new () => WasmFrameDecoder>>>;

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const factory: WasmCodecFactory<'JpegLSDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const factory: WasmCodecFactory<'JPEGDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: WasmCodecFactory<'J2KDecoder'>;
  export = factory;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const factory: WasmCodecFactory<'HTJ2KDecoder'>;
  export = factory;
}
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** Next line to decode: at least the height when the image is complete. */
    yLoc: number;
    decode(buffer: ArrayBuffer, offset: number, length: number): Uint8Array | Uint16Array;
  }
}
