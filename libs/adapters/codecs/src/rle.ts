import { UndecodableFrame } from '#libs/ports';

/**
 * DICOM RLE (PS3.5 Annex G): up to 15 PackBits segments, one for each byte of each sample, the most significant byte
 * first. Returns the samples by pixel, little endian.
 */
export function decodeRle(
  frame: Uint8Array,
  pixels: number,
  samplesPerPixel: number,
  bytesPerSample: number,
): Uint8Array {
  if (frame.length < 64) throw new UndecodableFrame('corrupt', 'the RLE header is cut');
  const header = new DataView(frame.buffer, frame.byteOffset, 64);
  const segments = header.getUint32(0, true);
  if (segments !== samplesPerPixel * bytesPerSample) {
    throw new UndecodableFrame(
      'mismatch',
      `${segments} RLE segments for ${samplesPerPixel} samples of ${bytesPerSample} bytes`,
    );
  }
  const stride = samplesPerPixel * bytesPerSample;
  const out = new Uint8Array(pixels * stride);
  for (let segment = 0; segment < segments; segment += 1) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : frame.length;
    if (start < 64 || end < start || end > frame.length)
      throw new UndecodableFrame('corrupt', 'an RLE segment lies outside');
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(frame.subarray(start, end), out, sample * bytesPerSample + byte, stride);
  }
  return out;
}

/** PackBits into every `stride`-th byte from `first`; a segment may be padded, never short. */
function unpack(segment: Uint8Array, out: Uint8Array, first: number, stride: number): void {
  let to = first;
  let from = 0;
  while (to < out.length) {
    const control = segment[from];
    from += 1;
    if (control === undefined) throw new UndecodableFrame('corrupt', 'an RLE segment ends early');
    if (control === 128) continue;
    const literal = control < 128;
    const count = literal ? control + 1 : 257 - control;
    if (from + (literal ? count : 1) > segment.length)
      throw new UndecodableFrame('corrupt', 'an RLE segment ends early');
    for (let i = 0; i < count && to < out.length; i += 1, to += stride) out[to] = segment[literal ? from + i : from]!;
    from += literal ? count : 1;
  }
}
