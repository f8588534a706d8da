import { deriveLimbLeads } from './derive-limb-leads.js';
import type { EcgLead, EcgRecording } from './ecg-recording.js';

/** A lead as JSON: `samples` is base64 of little-endian integers of the width that `encoding` says. */
export interface EcgLeadView extends Omit<EcgLead, 'samples'> {
  readonly encoding: 'int16' | 'int32';
  readonly samples: string;
}

/** What a viewer needs to draw and measure, JSON-safe. `recording.leads` are the stored leads and behind them the derived ones. */
export interface EcgView {
  readonly recording: Omit<EcgRecording, 'leads' | 'representativeBeats'> & {
    readonly leads: readonly EcgLeadView[];
    readonly representativeBeats?: readonly EcgLeadView[];
  };
}

/** The recording for the web API. Samples stay in stored units, nothing is resampled or filtered. */
export function toEcgView(recording: EcgRecording): EcgView {
  const { leads, representativeBeats, ...rest } = recording;
  return {
    recording: {
      ...rest,
      leads: [...leads, ...deriveLimbLeads(recording)].map(leadView),
      ...(representativeBeats ? { representativeBeats: representativeBeats.map(leadView) } : {}),
    },
  };
}

function leadView(lead: EcgLead): EcgLeadView {
  const { samples, ...rest } = lead;
  const wide = samples.some((value) => value < -0x8000 || value > 0x7fff);
  const bytes = Buffer.alloc(samples.length * (wide ? 4 : 2));
  samples.forEach((value, i) => (wide ? bytes.writeInt32LE(value, i * 4) : bytes.writeInt16LE(value, i * 2)));
  return { ...rest, encoding: wide ? 'int32' : 'int16', samples: bytes.toString('base64') };
}
