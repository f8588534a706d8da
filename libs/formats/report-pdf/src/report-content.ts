import { type EcgStrip } from './ecg-strip.js';

export interface ReportImage {
  /** A baseline or progressive JPEG, grey or RGB. */
  readonly jpeg: Uint8Array;
  readonly caption: string;
}

/** Everything that a report says; null prints as 未提供, so that nothing is left out in silence. */
export interface ReportPdfContent {
  readonly kind: 'imaging' | 'ecg';
  readonly reportId: string;
  readonly reportNumber: string;
  /** From 1. */
  readonly version: number;
  readonly status: 'preliminary' | 'final' | 'amended' | 'withdrawn';
  /** Names of the institutions; the requesting one is often the examining one. */
  readonly requestingInstitution: string | null;
  readonly examiningInstitution: string;
  readonly readingInstitution: string;
  readonly patient: {
    readonly number: string;
    readonly name: string;
    readonly sex: 'M' | 'F' | 'O' | null;
    /** As it shall be read, e.g. 63岁. */
    readonly age: string | null;
    /** Masked by the caller (first 6 and last 4). */
    readonly idCardMasked: string | null;
  };
  readonly exam: {
    readonly item: string | null;
    readonly modality: string | null;
    readonly accessionNumber: string | null;
    readonly device: string | null;
    /** Who examined. */
    readonly examiner: string | null;
  };
  readonly times: {
    readonly examined: Date | null;
    readonly arrived: Date | null;
    readonly reported: Date | null;
    readonly reviewed: Date | null;
    /** IANA name, e.g. Asia/Shanghai; the offset is printed with every time. */
    readonly timeZone: string;
  };
  readonly clinicalInformation: string | null;
  readonly findings: string;
  readonly impression: string;
  /** What is critical, or null. */
  readonly critical: string | null;
  /** The first four are printed; the text says how many more there were. */
  readonly keyImages: readonly ReportImage[];
  readonly ecg: EcgStrip | null;
  readonly author: string | null;
  readonly reviewer: string | null;
  readonly instanceCount: number;
  /** SHA-256 in hex of the list of instances that were read. */
  readonly instanceListHash: string;
  /** The signing certificates come from a test authority; the report then says so on every page. */
  readonly testCa: boolean;
}

export interface ReportFonts {
  /** Whole static TrueType fonts (glyf outlines). */
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}
