import { isoDate, isoDateTime } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { joinedName, mislabelledText } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readXmlLeaves } from '../xml/read-xml.js';
import { MuseFindings } from './muse-findings.js';
import { museLead, type MuseFields } from './muse-leads.js';

/**
 * An ECG from a GE MUSE XML file (RestingECG), read as a stream. Its eight stored leads are the leads, the others are derived by
 * `deriveLimbLeads`; a `Waveform` of type Median goes to `representativeBeats`. Real files name the DTD 'restecg.dtd': it is never fetched.
 *
 * @throws EcgFormatError bad-xml (not well formed, a DOCTYPE with more than a DTD's name, a lead whose CRC-32 does not hold), not-ecg
 *   (another root element), no-waveform, truncated (a lead of another length than it says), unsupported (no rate, no scale in volts).
 */
export function readMuse(bytes: Uint8Array): EcgRecording {
  const reader = new MuseReader();
  readXmlLeaves(bytes, 'RestingECG', reader, 'external-passed-over');
  return reader.finish();
}

class MuseReader {
  private readonly findings = new MuseFindings();
  private readonly about: MuseFields = new Map();
  private readonly leads: EcgLead[] = [];
  private readonly beats: EcgLead[] = [];
  private readonly notes: string[] = [];
  private waveform: MuseFields = new Map();
  private leadData: MuseFields[] = [];

  readonly open = (path: readonly string[]): void => {
    if (path.length === 2 && path[1] === 'Waveform') [this.waveform, this.leadData] = [new Map(), []];
    if (path.length === 3 && path[2] === 'LeadData') this.leadData.push(new Map());
  };

  readonly leaf = (path: readonly string[], text: string): void => {
    const [, set = '', part = '', name = ''] = path;
    if (path.length === 3 && set === 'Waveform') this.waveform.set(part, text);
    else if (path.length === 4 && set === 'Waveform' && part === 'LeadData') this.leadData.at(-1)?.set(name, text);
    else if (path.length === 3 && /^(Original)?RestingECGMeasurements$/.test(set))
      this.findings.measure(set, part, text);
    else if (path.length === 4 && part === 'DiagnosisStatement') this.findings.statementPart(name, text);
    else if (path.length === 3 && /^(PatientDemographics|TestDemographics|PharmaData)$/.test(set) && text !== '')
      this.about.set(part, this.about.get(part) ?? text.slice(0, 1000));
  };

  readonly close = (path: readonly string[]): void => {
    const [, set = '', part = ''] = path;
    if (path.length === 2 && set === 'Waveform') this.closeWaveform();
    else if (!/^(Original)?Diagnosis$/.test(set)) return;
    else if (path.length === 3 && part === 'DiagnosisStatement') this.findings.endStatement(set);
    else if (path.length === 2) this.findings.endLine(set);
  };

  finish(): EcgRecording {
    if (this.leads.length === 0) throw new EcgFormatError('no-waveform', 'The MUSE file holds no rhythm leads.');
    const model = this.about.get('AcquisitionDevice');
    const serial = this.about.get('PharmaCartID');
    const startTime = usDateTime(this.about.get('AcquisitionDate'), this.about.get('AcquisitionTime'));
    const device = { ...(model === undefined ? {} : { model }), ...(serial === undefined ? {} : { serial }) };
    return {
      patient: this.patient(),
      ...(Object.keys(device).length === 0 ? {} : { device }),
      ...(startTime === undefined ? {} : { startTime }),
      leads: this.leads,
      ...(this.beats.length === 0 ? {} : { representativeBeats: this.beats }),
      measurements: this.findings.measurements,
      statements: this.findings.statements,
      notes: [...new Set([...this.notes, ...this.findings.notes])],
      source: 'muse',
    };
  }

  /** Only now rate and type are known: they may stand behind the leads. */
  private closeWaveform(): void {
    for (const data of this.leadData) this.closeLead(data);
    this.leadData = [];
  }

  /** Where a name comes twice, the longer is kept: no two may be laid over each other. */
  private closeLead(data: MuseFields): void {
    const type = (this.waveform.get('WaveformType') ?? '').toUpperCase();
    if (type !== 'RHYTHM' && type !== 'MEDIAN') {
      this.notes.push(`A waveform of type '${type.slice(0, 40)}' is not shown.`);
      return;
    }
    const lead = museLead(this.waveform, data, this.notes);
    if (lead.samples.length === 0) return;
    const kept = type === 'MEDIAN' ? this.beats : this.leads;
    const at = kept.findIndex(({ name }) => name === lead.name);
    if (at < 0) kept.push(lead);
    else this.notes.push(`Lead ${lead.name} is recorded more than once; the longest is shown.`);
    const known = kept[at];
    if (known && lead.samples.length / lead.sampleRateHz > known.samples.length / known.sampleRateHz) kept[at] = lead;
  }

  private patient(): EcgRecording['patient'] {
    const id = this.about.get('PatientID');
    const names = [this.about.get('PatientLastName'), this.about.get('PatientFirstName')];
    const name = joinedName(names.map((part) => mislabelledText(part ?? '', this.notes)));
    const gender = this.about.get('Gender')?.toUpperCase() ?? '';
    const sex = ({ MALE: 'M', FEMALE: 'F', M: 'M', F: 'F' } as const)[gender as 'MALE'];
    const birthDate = isoDate(usDate(this.about.get('DateofBirth')) ?? '');
    return {
      ...(id === undefined ? {} : { id }),
      ...(name === '' ? {} : { name }),
      ...(sex === undefined ? {} : { sex }),
      ...(birthDate === undefined ? {} : { birthDate }),
    };
  }
}

/** YYYYMMDD from the MM-DD-YYYY of MUSE. */
function usDate(text: string | undefined): string | undefined {
  const parts = /^(\d\d)-(\d\d)-(\d{4})$/.exec(text ?? '');
  return parts ? `${parts[3]}${parts[1]}${parts[2]}` : undefined;
}

function usDateTime(date: string | undefined, time: string | undefined): string | undefined {
  const day = usDate(date);
  if (day === undefined) return undefined;
  const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(time ?? '');
  return isoDateTime(`${day}${clock ? `${clock[1]}${clock[2]}${clock[3] ?? '00'}` : ''}`);
}
