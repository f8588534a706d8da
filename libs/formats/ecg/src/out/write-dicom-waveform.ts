import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, type WritableDataset, writeDataset } from '#libs/formats/dicom';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgRecording } from '../ecg-recording.js';
import { leadNumberByName } from '../lead-names.js';
import { waveformAnnotations } from './annotations.js';
import { dicomTimes, splitSamples } from './instance-times.js';
import { type MultiplexGroup, multiplexGroups } from './multiplex-groups.js';
import { waveformClassFor, type WaveformClass } from './waveform-classes.js';
import { type GroupPart, one, plain, waveformItem } from './waveform-sequence.js';

/** What a DICOM object must have and no recording knows. */
export interface EcgIdentity {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Instances of one series count from 1. */
  readonly sopInstanceUid: (instanceNumber: number) => string;
  /** ISO 8601. DICOM demands a time of acquisition: this stands in where the file gives none. */
  readonly receivedAt: string;
  readonly accessionNumber?: string;
}

/** So many bytes of samples in one instance at most. */
const LARGEST_DATA = 1 << 28;
/** Formats that hold any signal: only names tell that it is an ECG. */
const ANY_SIGNAL: ReadonlySet<string> = new Set(['edf', 'wfdb', 'csv']);
const ECG_NAME = /ecg|ekg|^ml ?[i1v]|^mcl|^d[1-3]$|^(unipolar|bipolar)/i;

/**
 * The recording as DICOM Part 10 files of one series (Explicit VR Little Endian, UTF-8): 12-Lead, General, Ambulatory or General 32-bit ECG,
 * whichever fits (PS3.3 section A.34); several when it is longer than the class allows, each with the time that it begins at. Samples are as
 * stored, a gap is the padding value, device measurements and statements are annotations of the first instance; derived leads are left out.
 *
 * @throws EcgFormatError unsupported: no class fits (with each reason), no channel is an ECG lead, a value DICOM cannot hold; no-waveform.
 */
export function writeDicomWaveform(recording: EcgRecording, identity: EcgIdentity): Uint8Array[] {
  const rhythm = multiplexGroups(recording.leads, false);
  if (rhythm.length === 0) throw new EcgFormatError('no-waveform', 'The recording has no stored samples.');
  demandEcg(recording);
  const beats = multiplexGroups(recording.representativeBeats ?? [], true);
  const fits = waveformClassFor([...rhythm, ...beats]);
  return instancesOf(rhythm, beats, fits).map((instance, index) => {
    const dataset = instanceDataset(recording, identity, fits, instance, index);
    const sopInstanceUid = identity.sopInstanceUid(index + 1);
    const meta = buildFileMeta({
      sopClassUid: fits.sopClassUid,
      sopInstanceUid,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    });
    return Buffer.concat([meta, writeDataset(dataset)]);
  });
}

function demandEcg({ source, leads }: EcgRecording): void {
  if (!ANY_SIGNAL.has(source)) return;
  const stored = leads.filter(({ derived }) => !derived);
  if (stored.some(({ name }) => leadNumberByName(name) !== undefined || ECG_NAME.test(name.trim()))) return;
  const names = stored.slice(0, 8).map(({ name }) => plain(name).slice(0, 40));
  throw new EcgFormatError('unsupported', `This is no ECG: none of its channels is a lead (${names.join(', ')}).`);
}

interface Instance {
  readonly startSeconds: number;
  readonly parts: readonly GroupPart[];
}

/** Groups side by side as far as the class allows, the beats with the first; a long one in pieces, each an instance. */
function instancesOf(rhythm: MultiplexGroup[], beats: MultiplexGroup[], fits: WaveformClass): Instance[] {
  const longest = (group: MultiplexGroup): number =>
    Math.min(fits.mostSamples, Math.floor(LARGEST_DATA / (group.leads.length * (group.bits / 8))));
  const whole = (group: MultiplexGroup): GroupPart => ({
    group,
    from: 0,
    to: group.samples,
    startSeconds: group.startSeconds,
  });
  const short = rhythm.filter((group) => group.samples <= longest(group));
  const long = rhythm.filter((group) => group.samples > longest(group));
  const instances: Instance[] = [];
  const add = (parts: GroupPart[], startSeconds: number): void => {
    instances.push({ startSeconds, parts: instances.length === 0 ? [...parts, ...beats.map(whole)] : parts });
  };
  for (const group of long)
    for (const { from, to } of splitSamples(group.samples, group.sampleRateHz, longest(group))) {
      const startSeconds = from / group.sampleRateHz;
      add([{ group, from, to, startSeconds: group.startSeconds }], startSeconds);
    }
  for (let at = 0; at < short.length;) {
    const room = fits.mostGroups - (instances.length === 0 ? beats.length : 0);
    add(short.slice(at, at + room).map(whole), 0);
    at += room;
  }
  return instances;
}

function instanceDataset(
  recording: EcgRecording,
  identity: EcgIdentity,
  { sopClassUid }: WaveformClass,
  { startSeconds, parts }: Instance,
  index: number,
): WritableDataset {
  const { patient, device } = recording;
  const text = (vr: string, value: string | undefined, longest = 64) => {
    const written = plain(value ?? '').slice(0, longest);
    return written === '' ? { vr } : one(vr, written);
  };
  const first = dicomTimes(recording.startTime ?? identity.receivedAt, 0, identity.receivedAt);
  const times = dicomTimes(recording.startTime ?? identity.receivedAt, startSeconds, identity.receivedAt);
  const annotations = index === 0 ? waveformAnnotations(recording) : [];
  return {
    '00080005': one('CS', 'ISO_IR 192'),
    '00080016': one('UI', sopClassUid),
    '00080018': one('UI', identity.sopInstanceUid(index + 1)),
    '00080020': one('DA', first.date),
    '00080023': one('DA', times.date),
    '0008002A': one('DT', times.dateTime),
    '00080030': one('TM', first.time),
    '00080033': one('TM', times.time),
    '00080050': text('SH', identity.accessionNumber, 16),
    '00080060': one('CS', 'ECG'),
    '00080070': text('LO', device?.manufacturer),
    '00080090': { vr: 'PN' },
    ...(first.zone === undefined ? {} : { '00080201': one('SH', first.zone) }),
    ...(device?.model === undefined ? {} : { '00081090': text('LO', device.model) }),
    '00100010': text('PN', personName(patient.name)),
    '00100020': text('LO', patient.id),
    '00100030': text('DA', patient.birthDate?.replaceAll('-', '')),
    '00100040': text('CS', patient.sex),
    ...(device?.serial === undefined ? {} : { '00181000': text('LO', device.serial) }),
    '0020000D': one('UI', identity.studyInstanceUid),
    '0020000E': one('UI', identity.seriesInstanceUid),
    '00200010': { vr: 'SH' },
    '00200011': one('IS', 1),
    '00200013': one('IS', index + 1),
    '00400555': { vr: 'SQ' },
    ...(annotations.length === 0 ? {} : { '0040B020': { vr: 'SQ', Value: annotations } }),
    '54000100': { vr: 'SQ', Value: parts.map(waveformItem) },
  };
}

/** Han characters belong into the ideographic group (PS3.5 section 6.2), anything else is written as one name. */
function personName(name = ''): string {
  const bare = name.replace(/[\^=\\]+/g, ' ').trim();
  return /\p{Script=Han}/u.test(bare) && !/\s/.test(bare) ? `=${bare}` : bare;
}
