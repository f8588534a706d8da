/** The head of a packed picture; what `/pixels` of a read's images answers with (see the API's document). */
export interface PackedHead {
  seriesInstanceUid: string;
  sopInstanceUid: string;
  frame: number;
  rows: number;
  columns: number;
  /** 1 grey, 3 R G B by pixel */
  channels: number;
  /** of a sample */
  bytes: 1 | 2;
  least: number;
  shades: number;
  pixelAspect: number;
  window: { center: number; width: number } | null;
}

export interface UnpackedPicture {
  head: PackedHead;
  /** the grey, 0 to 255, of each sample; empty where the samples are colours */
  shades: Uint8Array;
  samples: Uint8Array | Uint16Array;
}

const LINE_FEED = 10;

/** @throws RangeError where bytes are missing */
export function unpackPicture(packed: Uint8Array): UnpackedPicture {
  const end = packed.indexOf(LINE_FEED);
  const head = JSON.parse(new TextDecoder().decode(packed.subarray(0, end))) as PackedHead;
  const { rows, columns, channels, bytes } = head;
  const count = rows * columns * channels;
  const from = end + 1 + head.shades;
  if (end < 0 || packed.length < from + count * bytes) throw new RangeError('the picture is cut off');
  const shades = packed.subarray(end + 1, from);
  const low = packed.subarray(from, from + count);
  const high = packed.subarray(from + count);
  const samples = bytes === 2 ? new Uint16Array(count) : new Uint8Array(count);
  const stride = columns * channels;
  for (let at = 0; at < count; at += 1) {
    const inRow = at % stride;
    const left = inRow >= channels ? samples[at - channels]! : 0;
    const above = at >= stride ? samples[at - stride]! : 0;
    const corner = inRow >= channels && at >= stride ? samples[at - stride - channels]! : 0;
    const greater = left > above ? left : above;
    const lesser = left > above ? above : left;
    const expected = corner >= greater ? lesser : corner <= lesser ? greater : left + above - corner;
    const folded = bytes === 2 ? low[at]! | (high[at]! << 8) : low[at]!;
    // The array keeps what fits into it, which is the remainder that was packed.
    samples[at] = expected + ((folded >>> 1) ^ -(folded & 1));
  }
  return { head, shades, samples };
}

/** As it is shown at the frame's own window, its pixels not yet made square. */
export function shownPixels({ head, shades, samples }: UnpackedPicture): ImageData {
  const { rows, columns, channels } = head;
  const out = new ImageData(columns, rows);
  const words = new Uint32Array(out.data.buffer);
  const opaque = 0xff000000;
  for (let at = 0; at < words.length; at += 1) {
    const from = at * channels;
    words[at] =
      channels === 1
        ? opaque | (shades[samples[at]!]! * 0x010101)
        : opaque | (samples[from + 2]! << 16) | (samples[from + 1]! << 8) | samples[from]!;
  }
  return out;
}
