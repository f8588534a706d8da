/** Value representations of PS3.5 table 6.2-1. */
const SHORT_VRS = 'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US';
/** Those whose explicit header has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
const LONG_VRS = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV';

const longVrs = new Set(LONG_VRS.split(' '));
const vrs = new Set([...SHORT_VRS.split(' '), ...longVrs]);

/** True for the two letters of a VR that the standard knows. */
export function isVr(letters: string): boolean {
  return vrs.has(letters);
}

/** True when the explicit VR header of this VR is 12 bytes long. */
export function isLongVr(vr: string): boolean {
  return longVrs.has(vr);
}

/** Bytes per number for VRs that hold binary numbers or words; undefined for text and sequences. */
export function unitOf(vr: string): number | undefined {
  return UNITS[vr];
}

const UNITS: Readonly<Record<string, number>> = {
  OB: 1,
  UN: 1,
  OW: 2,
  US: 2,
  SS: 2,
  AT: 2,
  OL: 4,
  OF: 4,
  UL: 4,
  SL: 4,
  FL: 4,
  OD: 8,
  OV: 8,
  FD: 8,
  SV: 8,
  UV: 8,
};

/** Text VRs that follow Specific Character Set (PS3.5 section 6.1.2.2). */
export function followsCharacterSet(vr: string): boolean {
  return TEXT_VRS.has(vr);
}

const TEXT_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
