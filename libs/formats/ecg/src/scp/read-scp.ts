import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { decodeLead } from './encoded-lead.js';
import { readMeasurements, readStatements } from './findings-sections.js';
import { type HuffmanTable, readHuffmanTables } from './huffman-tables.js';
import { readHeader } from './patient-section.js';
import { addReferenceBeat, bimodalFactor, decodeBimodal } from './rhythm.js';
import { openScp } from './scp-container.js';
import { readBeats, readLeads, readSignal, type ScpLeads, type ScpSignal } from './signal-sections.js';

/** Of all leads: Huffman codes of one bit make 32 bytes of each byte. An hour of twelve leads at 250 Hz is 11 million. */
const MOST_SAMPLES = 1 << 24;

/**
 * An ECG from an SCP-ECG record (EN 1064:2005+A1, ISO 11073-91064). Undone are Huffman codes (default and own tables), differences, the
 * subtraction of the reference beat and bimodal compression; what the last cannot give back is named in `notes`. Reference beats go to
 * `representativeBeats`.
 *
 * @throws EcgFormatError damaged (a CRC is wrong, sections contradict each other), truncated, not-ecg, no-waveform (no section 3 or 6),
 *   unsupported (a compression that the standard does not describe, no scale).
 */
export function readScp(bytes: Uint8Array): EcgRecording {
  const { sections, notes: odd } = openScp(bytes);
  const [leadSection, rhythmSection] = [sections.get(3), sections.get(6)];
  if (!leadSection || !rhythmSection)
    throw new EcgFormatError('no-waveform', 'The SCP-ECG record has no leads or no rhythm data.');
  const notes = [...odd];
  const header = readHeader(sections.get(1) ?? new Uint8Array([255, 0, 0]));
  const tables = readHuffmanTables(sections.get(2));
  const layout = readLeads(leadSection);
  if (layout.leads.length === 0) throw new EcgFormatError('no-waveform', 'The SCP-ECG record has no leads.');
  const rhythm = readSignal(rhythmSection, 6, layout.leads.length);
  const most = layout.leads.reduce(
    (sum, { start, end }, i) => sum + Math.min(end - start + 1, rhythm.data[i]!.length * 8),
    0,
  );
  if (most > MOST_SAMPLES)
    throw new EcgFormatError('unsupported', `The SCP-ECG record has ${most} samples; an ECG at rest has thousands.`);
  const beatSection = sections.get(4);
  const beats = beatSection && readBeats(beatSection);
  const referenceSection = sections.get(5);
  const reference = referenceSection && readSignal(referenceSection, 5, layout.leads.length);
  const beatLength = beats && reference ? Math.floor((beats.referenceMilliseconds * 1000) / reference.microseconds) : 0;
  if (layout.subtracted && !beats)
    throw new EcgFormatError(
      'unsupported',
      'A reference beat was subtracted, and no section 4 says where: what is left is no ECG.',
    );
  const subtracted = layout.subtracted && (beats?.subtractions.length ?? 0) > 0;
  const referenceBeats = reference
    ? decodeReference(reference, beatLength, tables, subtracted, notes)
    : layout.leads.map(() => new Int32Array());
  const factor = rhythm.bimodal ? bimodalFactor(rhythm, reference, beats) : 1;
  const microseconds = rhythm.microseconds / factor;
  if (subtracted && (reference?.nanovolts !== rhythm.nanovolts || reference.microseconds !== microseconds))
    throw new EcgFormatError('unsupported', 'The reference beat has another scale than the rhythm it was taken from.');
  if (factor > 1)
    notes.push(
      `Between the heart beats the device kept only every ${factor} samples' mean; what is drawn there is interpolated.`,
    );
  if (!layout.simultaneous) notes.push('The leads were not all recorded at the same time.');
  const first = Math.min(1, ...layout.leads.map(({ start }) => start));
  const leads = layout.leads.map((lead, i): EcgLead => {
    const data = rhythm.data[i]!;
    const samples =
      factor > 1
        ? decodeBimodal(data, lead, beats?.protectedZones ?? [], factor, tables, rhythm.differences)
        : decodeLead(data, lead.end - lead.start + 1, tables, rhythm.differences);
    if (subtracted && beats) addReferenceBeat(samples, lead, beats, referenceBeats[i]!);
    return {
      ...scale(rhythm.nanovolts, microseconds),
      name: lead.name,
      samples,
      startSeconds: ((lead.start - first) * microseconds) / 1e6,
      ...(header.filter && { filter: header.filter }),
    };
  });
  const representativeBeats = reference ? beatLeads(layout, reference, referenceBeats) : [];
  const measured = sections.get(7);
  const findings = measured ? readMeasurements(measured) : { measurements: [], notes: [] };
  const statements = readStatements(sections.get(8), sections.get(11), header.encoding, notes);
  return {
    patient: header.patient,
    ...(header.device && { device: header.device }),
    ...(header.startTime !== undefined && { startTime: header.startTime }),
    leads,
    ...(representativeBeats.length > 0 && { representativeBeats }),
    measurements: findings.measurements,
    statements,
    notes: [...header.notes, ...notes, ...findings.notes],
    source: 'scp',
  };
}

/** A beat that the rhythm does not need may be unreadable: it is then left out, and noted. */
function decodeReference(
  reference: ScpSignal,
  length: number,
  tables: readonly HuffmanTable[],
  needed: boolean,
  notes: string[],
): Int32Array[] {
  try {
    return reference.data.map((data) =>
      data.length === 0 ? new Int32Array() : decodeLead(data, length, tables, reference.differences),
    );
  } catch (error) {
    if (needed || !(error instanceof EcgFormatError)) throw error;
    notes.push(`The reference beat was left out: ${error.message}`);
    return reference.data.map(() => new Int32Array());
  }
}

function beatLeads(layout: ScpLeads, reference: ScpSignal, beats: readonly Int32Array[]): EcgLead[] {
  return layout.leads
    .map(({ name }, i) => ({
      ...scale(reference.nanovolts, reference.microseconds),
      name,
      samples: beats[i]!,
      startSeconds: 0,
    }))
    .filter(({ samples }) => samples.length > 0);
}

function scale(
  nanovolts: number,
  microseconds: number,
): Pick<EcgLead, 'sampleRateHz' | 'microvoltsPerUnit' | 'baselineMicrovolts' | 'derived'> {
  return {
    sampleRateHz: 1e6 / microseconds,
    microvoltsPerUnit: nanovolts / 1000,
    baselineMicrovolts: 0,
    derived: false,
  };
}
