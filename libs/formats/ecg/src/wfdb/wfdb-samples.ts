/** Where one sample of a format stands: `group` samples share `groupBytes` bytes. */
interface WfdbFormat {
  readonly group: number;
  readonly groupBytes: number;
  /** the value that stands for no sample; undefined where none is reserved */
  readonly missing: number | undefined;
  /** the sample at place `within` of the group that begins at `at` */
  read(view: DataView, at: number, within: number): number;
}

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

function single(
  groupBytes: number,
  missing: number | undefined,
  read: (view: DataView, at: number) => number,
): WfdbFormat {
  return { group: 1, groupBytes, missing, read };
}

/** The signal formats of signal(5), WFDB Applications Guide. Format 8 holds first differences. */
export const WFDB_FORMATS: Readonly<Record<number, WfdbFormat>> = {
  8: single(1, undefined, (view, at) => view.getInt8(at)),
  16: single(2, -0x8000, (view, at) => view.getInt16(at, true)),
  24: single(3, -0x80_0000, (view, at) => view.getUint16(at, true) | (view.getInt8(at + 2) << 16)),
  32: single(4, -0x8000_0000, (view, at) => view.getInt32(at, true)),
  61: single(2, -0x8000, (view, at) => view.getInt16(at, false)),
  80: single(1, -0x80, (view, at) => view.getUint8(at) - 0x80),
  160: single(2, -0x8000, (view, at) => view.getUint16(at, true) - 0x8000),
  212: {
    group: 2,
    groupBytes: 3,
    missing: -0x800,
    read: (view, at, within) => {
      const shared = view.getUint8(at + 1);
      return within === 0
        ? signed(view.getUint8(at) | ((shared & 0x0f) << 8), 12)
        : signed(view.getUint8(at + 2) | ((shared & 0xf0) << 4), 12);
    },
  },
  // Two 16-bit words hold 11 bits each, their top 5 bits the third sample.
  310: {
    group: 3,
    groupBytes: 4,
    missing: -0x200,
    read: (view, at, within) => {
      if (within < 2) return signed(view.getUint16(at + within * 2, true) >> 1, 10);
      return signed((view.getUint16(at, true) >> 11) | ((view.getUint16(at + 2, true) >> 11) << 5), 10);
    },
  },
  // Three samples in the low 30 bits of a 32-bit word.
  311: {
    group: 3,
    groupBytes: 4,
    missing: -0x200,
    read: (view, at, within) => signed(view.getUint32(at, true) >>> (within * 10), 10),
  },
};

/** How many whole samples so many bytes hold; the last group may be cut after the bytes that its samples need. */
export function samplesIn(format: WfdbFormat, bytes: number): number {
  const rest = bytes % format.groupBytes;
  const partial = format.group === 2 ? Math.max(0, rest - 1) : format.group === 3 ? rest >> 1 : 0;
  // A cut group of 311 needs all its bytes: they are read as one word.
  return Math.floor(bytes / format.groupBytes) * format.group + (format.groupBytes === 4 ? 0 : partial);
}
