/** One transfer syntax of PS3.6 table A-1 and what a reader must know of it. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  /** Explicit VR (PS3.5 A.2 and later) or Implicit VR (PS3.5 A.1). */
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  /** The whole data set is a raw deflate stream (PS3.5 A.5). */
  readonly deflated: boolean;
  /** Pixel data comes in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
  /** The codec may have thrown information away; a syntax that allows both counts as lossy. */
  readonly lossy: boolean;
}

type Flag = 'implicit' | 'big-endian' | 'deflated' | 'native' | 'lossy';

const row = (suffix: string, name: string, ...flags: Flag[]): TransferSyntax => ({
  uid: `1.2.840.10008.1.2${suffix}`,
  name,
  explicit: !flags.includes('implicit'),
  bigEndian: flags.includes('big-endian'),
  deflated: flags.includes('deflated'),
  encapsulated: !flags.includes('native'),
  lossy: flags.includes('lossy'),
});

/** Every transfer syntax of PS3.6 annex A that a Storage SCU may propose, retired ones included. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  row('', 'Implicit VR Little Endian', 'implicit', 'native'),
  row('.1', 'Explicit VR Little Endian', 'native'),
  row('.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian'),
  row('.1.99', 'Deflated Explicit VR Little Endian', 'deflated', 'native'),
  row('.2', 'Explicit VR Big Endian', 'big-endian', 'native'),
  row('.4.50', 'JPEG Baseline (Process 1)', 'lossy'),
  row('.4.51', 'JPEG Extended (Process 2 & 4)', 'lossy'),
  row('.4.52', 'JPEG Extended (Process 3 & 5)', 'lossy'),
  row('.4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)', 'lossy'),
  row('.4.54', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)', 'lossy'),
  row('.4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 & 12)', 'lossy'),
  row('.4.56', 'JPEG Full Progression, Non-Hierarchical (Process 11 & 13)', 'lossy'),
  row('.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)'),
  row('.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)'),
  row('.4.59', 'JPEG Extended, Hierarchical (Process 16 & 18)', 'lossy'),
  row('.4.60', 'JPEG Extended, Hierarchical (Process 17 & 19)', 'lossy'),
  row('.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 & 22)', 'lossy'),
  row('.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 & 23)', 'lossy'),
  row('.4.63', 'JPEG Full Progression, Hierarchical (Process 24 & 26)', 'lossy'),
  row('.4.64', 'JPEG Full Progression, Hierarchical (Process 25 & 27)', 'lossy'),
  row('.4.65', 'JPEG Lossless, Hierarchical (Process 28)'),
  row('.4.66', 'JPEG Lossless, Hierarchical (Process 29)'),
  row('.4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1)'),
  row('.4.80', 'JPEG-LS Lossless'),
  row('.4.81', 'JPEG-LS Lossy (Near-Lossless)', 'lossy'),
  row('.4.90', 'JPEG 2000 (Lossless Only)'),
  row('.4.91', 'JPEG 2000', 'lossy'),
  row('.4.92', 'JPEG 2000 Part 2 Multi-component (Lossless Only)'),
  row('.4.93', 'JPEG 2000 Part 2 Multi-component', 'lossy'),
  row('.4.94', 'JPIP Referenced', 'native', 'lossy'),
  row('.4.95', 'JPIP Referenced Deflate', 'native', 'deflated', 'lossy'),
  row('.4.100', 'MPEG2 Main Profile / Main Level', 'lossy'),
  row('.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'lossy'),
  row('.4.101', 'MPEG2 Main Profile / High Level', 'lossy'),
  row('.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'lossy'),
  row('.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'lossy'),
  row('.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'lossy'),
  row('.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'lossy'),
  row('.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'lossy'),
  row('.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'lossy'),
  row('.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'lossy'),
  row('.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'lossy'),
  row('.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'lossy'),
  row('.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'lossy'),
  row('.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'lossy'),
  row('.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'lossy'),
  row('.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'lossy'),
  row('.4.110', 'JPEG XL Lossless'),
  row('.4.111', 'JPEG XL JPEG Recompression', 'lossy'),
  row('.4.112', 'JPEG XL', 'lossy'),
  row('.4.201', 'High-Throughput JPEG 2000 (Lossless Only)'),
  row('.4.202', 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)'),
  row('.4.203', 'High-Throughput JPEG 2000', 'lossy'),
  row('.4.204', 'JPIP HTJ2K Referenced', 'native', 'lossy'),
  row('.4.205', 'JPIP HTJ2K Referenced Deflate', 'native', 'deflated', 'lossy'),
  row('.5', 'RLE Lossless'),
  row('.8.1', 'Deflated Image Frame Compression'),
];

const byUid = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]));

export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** The transfer syntax of this UID, or undefined for one that PS3.6 does not know (private ones too). */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return byUid.get(uid);
}

/** True for MPEG and HEVC, where one bit stream holds all frames and cannot be cut at frame borders. */
export function isVideo(uid: string): boolean {
  return /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](?:\.1)?$/.test(uid);
}
