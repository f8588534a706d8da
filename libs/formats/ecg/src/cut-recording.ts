import type { EcgLead, EcgRecording } from './ecg-recording.js';
import { type EcgStretch, samplePlace } from './reel/ecg-reel.js';

const startOf = ({ startSeconds, skewSeconds = 0 }: EcgLead): number => startSeconds + skewSeconds;
const beginOf = ({ leads }: EcgRecording): number => Math.min(...leads.map(startOf));

/** From where the first lead begins to where the last one ends. */
export function secondsOf(recording: EcgRecording): number {
  const end = Math.max(...recording.leads.map((lead) => startOf(lead) + lead.samples.length / lead.sampleRateHz));
  return end - beginOf(recording);
}

/** The stretch of a recording, without a copy of its samples; each lead's `startSeconds` now counts from where the whole recording begins. */
export function cutRecording(recording: EcgRecording, { fromSeconds, seconds }: EcgStretch): EcgRecording {
  const begin = beginOf(recording);
  const leads = recording.leads.map((lead): EcgLead => {
    const place = (at: number): number =>
      samplePlace(begin + at - startOf(lead), lead.sampleRateHz, lead.samples.length);
    const from = place(fromSeconds);
    const samples = lead.samples.subarray(from, place(fromSeconds + seconds));
    return { ...lead, samples, startSeconds: lead.startSeconds - begin + from / lead.sampleRateHz };
  });
  return { ...recording, leads };
}
