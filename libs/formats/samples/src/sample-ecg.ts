import type { WritableDataset } from '#libs/formats/dicom';
import { ecgSignal, LEADS, MICROVOLTS_PER_STEP, SAMPLES, SAMPLING_HERTZ } from './ecg-signal.js';
import { code, commonModules, part10, type SampleFile, type SampleOptions, sampleStudy } from './sample-study.js';

const TWELVE_LEAD_ECG_WAVEFORM = '1.2.840.10008.5.1.4.1.1.9.1.1';

/** Channels take turns sample by sample (PS3.3 section C.10.9.1.4). */
function interleaved(channels: readonly Int16Array[]): Uint8Array {
  const samples = new Int16Array(SAMPLES * channels.length);
  channels.forEach((channel, lead) => {
    for (let index = 0; index < SAMPLES; index += 1) samples[index * channels.length + lead] = channel[index]!;
  });
  return new Uint8Array(samples.buffer);
}

function channelDefinition({ name, code: leadCode }: (typeof LEADS)[number], index: number): WritableDataset {
  return {
    '003A0202': { vr: 'IS', Value: [index + 1] },
    '003A0203': { vr: 'SH', Value: [name] },
    '003A0208': { vr: 'SQ', Value: [code(leadCode, 'MDC', `Lead ${name}`)] },
    '003A0210': { vr: 'DS', Value: [MICROVOLTS_PER_STEP] },
    '003A0211': { vr: 'SQ', Value: [code('uV', 'UCUM', 'microvolt')] },
    '003A0212': { vr: 'DS', Value: [1] },
    '003A0213': { vr: 'DS', Value: [0] },
    '003A0215': { vr: 'DS', Value: [0] },
    '003A021A': { vr: 'US', Value: [16] },
    '003A0220': { vr: 'DS', Value: [0.05] },
    '003A0221': { vr: 'DS', Value: [150] },
  };
}

/** A resting 12-lead ECG as a DICOM waveform: 500 Hz, 10 s, 16 bit, 2.5 µV a step (see {@link ecgSignal}). */
export function sampleEcg(options: SampleOptions = {}): SampleFile[] {
  const study = sampleStudy('ecg', options);
  const object = {
    sopClassUid: TWELVE_LEAD_ECG_WAVEFORM,
    sopInstanceUid: study.uid('instance', 1),
    seriesInstanceUid: study.uid('series', 1),
    modality: 'ECG',
    studyDescription: '常规十二导联心电图',
    seriesDescription: '静息心电图',
    instanceNumber: 1,
    manufacturerModelName: 'Phantom ECG',
  };
  const waveform: WritableDataset = {
    '003A0004': { vr: 'CS', Value: ['ORIGINAL'] },
    '003A0005': { vr: 'US', Value: [LEADS.length] },
    '003A0010': { vr: 'UL', Value: [SAMPLES] },
    '003A001A': { vr: 'DS', Value: [SAMPLING_HERTZ] },
    '003A0020': { vr: 'SH', Value: ['RHYTHM'] },
    '003A0200': { vr: 'SQ', Value: LEADS.map(channelDefinition) },
    '54001004': { vr: 'US', Value: [16] },
    '54001006': { vr: 'CS', Value: ['SS'] },
    '54001010': { vr: 'OW', bytes: interleaved(ecgSignal(study.seed)) },
  };
  const bytes = part10(object, {
    ...commonModules(study, object),
    '0008002A': { vr: 'DT', Value: [study.studyDate + study.studyTime] },
    '00400555': { vr: 'SQ' },
    '54000100': { vr: 'SQ', Value: [waveform] },
  });
  return [{ filename: 'ECG/0001.dcm', bytes }];
}
