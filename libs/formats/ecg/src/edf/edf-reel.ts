import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { distinctNames } from '../lead-names.js';
import { type EcgReel, type EcgStretch, samplePlace } from '../reel/ecg-reel.js';
import { readEdfAnnotations } from './edf-annotations.js';
import { type EdfHeader, type EdfSignal, readEdfHeader } from './edf-header.js';
import { annotationNotes, copyRecord, ecgSignals, edfFacts, leadFacts } from './read-edf.js';

/**
 * A file of `size` bytes of which only the beginning is at hand; null for an EDF+D. A stretch is read by whole records, and its notes
 * hold the annotations of those alone.
 *
 * @throws EcgFormatError as `readEdf`
 */
export function openEdfReel(head: Uint8Array, size: number): EcgReel | null {
  const header = readEdfHeader(head, size);
  const { chosen, notes } = ecgSignals(header);
  if (header.plus === 'D') return null;
  const { recordSeconds, recordBytes, headerBytes } = header;
  const first = header.plus === '' ? 0 : firstRecord(head, header);
  const recording: EcgRecording = {
    ...edfFacts(header, first),
    leads: distinctNames(chosen.map((signal) => leadFacts(header, signal))),
    notes,
  };
  const records = ({ fromSeconds, seconds }: EcgStretch): [number, number] => {
    const from = Math.min(header.records, Math.max(0, Math.floor(fromSeconds / recordSeconds + 1e-9)));
    const to = Math.min(header.records, Math.ceil((fromSeconds + seconds) / recordSeconds - 1e-9));
    return [from, Math.max(from, to)];
  };
  return {
    recording,
    seconds: header.records * recordSeconds,
    bytesOf(stretch) {
      const [from, to] = records(stretch);
      return { start: headerBytes + from * recordBytes, length: (to - from) * recordBytes };
    },
    cut(bytes, stretch) {
      const [from] = records(stretch);
      const held = Math.floor(bytes.length / recordBytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const leads = chosen.map((signal, i) =>
        cutLead(view, recording.leads[i]!, { signal, recordBytes, from, held, stretch }),
      );
      const { texts } = readEdfAnnotations(bytes, { ...header, headerBytes: 0, records: held });
      return { ...recording, leads, notes: [...notes, ...annotationNotes(texts, first)] };
    },
  };
}

interface Cut {
  readonly signal: EdfSignal;
  readonly recordBytes: number;
  /** The first record at hand, and how many are. */
  readonly from: number;
  readonly held: number;
  readonly stretch: EcgStretch;
}

function cutLead(view: DataView, lead: EcgLead, { signal, recordBytes, from, held, stretch }: Cut): EcgLead {
  const all = new Int32Array(held * signal.samplesPerRecord);
  for (let record = 0; record < held; record += 1)
    copyRecord(view, record * recordBytes, signal, all, record * signal.samplesPerRecord);
  const before = from * signal.samplesPerRecord;
  const place = (seconds: number): number => samplePlace(seconds, lead.sampleRateHz, before + all.length) - before;
  const start = Math.max(0, place(stretch.fromSeconds));
  const samples = all.subarray(start, Math.max(start, place(stretch.fromSeconds + stretch.seconds)));
  return { ...lead, samples, startSeconds: (before + start) / lead.sampleRateHz };
}

/** Seconds from the header's start time to the first record's own (EDF+ section 2.2.4). */
function firstRecord(head: Uint8Array, header: EdfHeader): number {
  const whole = Math.floor((head.length - header.headerBytes) / header.recordBytes);
  const { recordStarts } = readEdfAnnotations(head, { ...header, records: Math.min(1, Math.max(0, whole)) });
  return recordStarts[0] ?? 0;
}
