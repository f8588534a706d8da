/** The parts of the WebAssembly codecs that are used here; the packages carry no types of their own. */
interface CodecOptions {
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}
interface CodecFrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}
interface CodecImageInfo extends CodecFrameInfo {
  readonly isUsingColorTransform: boolean;
}
interface CodecEncoder {
  getDecodedBuffer(info: CodecImageInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
}
interface CodecDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): CodecFrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{
    JpegLSDecoder: new () => CodecDecoder;
    getExceptionMessage(pointer: number): string;
  }>;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{ JPEGDecoder: new () => CodecDecoder }>;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{ J2KDecoder: new () => CodecDecoder }>;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  interface Htj2kEncoder extends CodecEncoder {
    setQuality(lossless: boolean, quantizationStep: number): void;
    setProgressionOrder(order: number): void;
    setDecompositions(levels: number): void;
  }
  export default function load(options: CodecOptions): Promise<{
    HTJ2KDecoder: new () => CodecDecoder;
    HTJ2KEncoder: new () => Htj2kEncoder;
  }>;
}
declare module '@cornerstonejs/codec-charls/wasmjs' {
  interface LsEncoder extends CodecEncoder {
    setNearLossless(most: number): void;
    setInterleaveMode(mode: number): void;
  }
  export default function load(options: CodecOptions): Promise<{ JpegLSEncoder: new () => LsEncoder }>;
}
