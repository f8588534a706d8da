import { isoDate, isoDateTime } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { joinedName } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readXmlLeaves, type XmlAttributes } from '../xml/read-xml.js';
import { SierraFindings } from './sierra-findings.js';
import { sierraBeat, sierraLeads } from './sierra-leads.js';

/** Which versions each type of document has here. */
const DOCUMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['SierraECG', ['1.03', '1.04', '1.04.01']],
  ['PhilipsECG', ['1.03', '1.04', '1.04.01']],
]);

/**
 * An ECG from a Philips XML file (restingecgdata; Sierra ECG 1.03, Philips ECG 1.04), read as a stream. III, aVR, aVL and aVF are stored,
 * as what they miss of their prediction, so they are leads of the file and not derived. Representative beats go to `representativeBeats`.
 *
 * @throws EcgFormatError bad-xml (not well formed, any DOCTYPE, XLI data that cannot be), not-ecg (another root element), unsupported
 *   (another document type or version, which it names, another encoding, lead set, no rate, no resolution), no-waveform, truncated.
 */
export function readPhilips(bytes: Uint8Array): EcgRecording {
  const reader = new PhilipsReader();
  readXmlLeaves(bytes, 'restingecgdata', reader);
  return reader.finish();
}

class PhilipsReader {
  private readonly findings = new SierraFindings();
  private readonly about = new Map<string, string>();
  private readonly signal = new Map<string, string>();
  private readonly beats: EcgLead[] = [];
  private readonly notes: string[] = [];
  private waveform: { attributes: Map<string, string>; text: string } | undefined;
  private attributes: XmlAttributes = {};
  private beatSet: XmlAttributes = {};
  private beatLead = '';
  private interpretations = 0;

  readonly open = (path: readonly string[], attributes: XmlAttributes): void => {
    const name = path.at(-1) ?? '';
    this.attributes = attributes;
    if (name === 'repbeats') this.beatSet = attributes;
    else if (name === 'repbeat') this.beatLead = attributes['leadname'] ?? '';
    else if (name === 'interpretation' && path.length === 3) this.interpretations += 1;
    else if (name === 'dataacquisition' && path.length === 2) {
      this.about.set('date', attributes['date'] ?? '');
      this.about.set('time', attributes['time'] ?? '');
    } else if (name === 'machine') {
      this.about.set('machineid', attributes['machineid'] ?? '');
      this.about.set('detaildescription', attributes['detaildescription'] ?? '');
    }
  };

  readonly leaf = (path: readonly string[], text: string): void => {
    const [name = '', parent = ''] = [path.at(-1), path.at(-2)];
    if (name === 'parsedwaveforms') this.waveform ??= { attributes: new Map(Object.entries(this.attributes)), text };
    else if (name === 'waveform' && parent === 'repbeat') this.closeBeat(text);
    else if (parent === 'signalcharacteristics') this.signal.set(name, text);
    else if (path[1] === 'interpretations') this.interpreted(name, parent, text);
    else if (parent === 'globalmeasurements' || parent === 'crossleadmeasurements')
      this.findings.measure(name, text, false);
    else if (parent === 'documentinfo' || path[1] === 'patient' || name === 'machine') {
      if (text !== '' && !this.about.has(name)) this.about.set(name, text.slice(0, 1000));
    }
  };

  readonly close = (path: readonly string[]): void => {
    if (path.at(-1) === 'documentinfo' && path.length === 2) this.checkDocument();
    if (path.at(-1) === 'statement' && this.interpretations === 1) this.findings.endStatement();
  };

  finish(): EcgRecording {
    this.checkDocument();
    if (!this.waveform) throw new EcgFormatError('no-waveform', 'The Philips file holds no parsed waveforms.');
    const leads = sierraLeads(this.waveform.text, this.waveform.attributes, this.signal, this.notes);
    if (this.interpretations > 1) this.notes.push('The file has several interpretations; the first is shown.');
    const startTime = dateTime(this.about.get('date'), this.about.get('time'));
    const device = this.device();
    return {
      patient: this.patient(),
      ...(Object.keys(device).length === 0 ? {} : { device }),
      ...(startTime === undefined ? {} : { startTime }),
      leads,
      ...(this.beats.length === 0 ? {} : { representativeBeats: this.beats }),
      measurements: this.findings.measurements,
      statements: this.findings.statements,
      notes: [...new Set([...this.notes, ...this.findings.notes])],
      source: 'philips',
    };
  }

  private checkDocument(): void {
    const [type = '', version = ''] = [this.about.get('documenttype'), this.about.get('documentversion')];
    if (!DOCUMENTS.get(type)?.includes(version))
      throw new EcgFormatError(
        'unsupported',
        `A Philips file of type '${type.slice(0, 40)}', version '${version.slice(0, 40)}', is not read; SierraECG and PhilipsECG 1.03 and 1.04 are.`,
      );
  }

  private interpreted(name: string, parent: string, text: string): void {
    if (this.interpretations !== 1) return;
    if (parent === 'statement') this.findings.statementPart(name, text);
    else if (name === 'severity' && parent === 'interpretation') this.findings.severity(text);
    else if (parent === 'globalmeasurements' || parent === 'interpretationmeasurements') {
      this.findings.measure(name, text, true);
      if (this.attributes['editedflag'] === 'True') this.findings.edited(name);
    }
  }

  private closeBeat(text: string): void {
    const { samplespersec = '', resolution = '', dataencoding = '' } = this.beatSet;
    const known = this.beats.some(({ name }) => name === this.beatLead);
    if (text === '' || this.beatLead === '' || known || dataencoding !== 'Base64') return;
    const beat = sierraBeat(text, this.beatLead, samplespersec, resolution);
    if (beat) this.beats.push(beat);
  }

  private device(): NonNullable<EcgRecording['device']> {
    const text = (key: string): string => this.about.get(key) ?? '';
    const [manufacturer, model, serial] = [
      text('detaildescription').split(':')[0]?.trim(),
      text('machine'),
      text('machineid'),
    ];
    return { ...(manufacturer ? { manufacturer } : {}), ...(model ? { model } : {}), ...(serial ? { serial } : {}) };
  }

  private patient(): EcgRecording['patient'] {
    const text = (key: string): string => this.about.get(key) ?? '';
    const name = joinedName([text('lastname'), text('firstname'), text('middlename')]);
    const sex = new Map<string, 'M' | 'F'>([
      ['male', 'M'],
      ['female', 'F'],
    ]).get(text('sex').toLowerCase());
    const birthDate = isoDate(text('dateofbirth').replaceAll('-', ''));
    return {
      ...(text('patientid') === '' ? {} : { id: text('patientid') }),
      ...(name === '' ? {} : { name }),
      ...(sex === undefined ? {} : { sex }),
      ...(birthDate === undefined ? {} : { birthDate }),
    };
  }
}

function dateTime(date = '', time = ''): string | undefined {
  const digits = /^(\d\d):(\d\d):(\d\d)/.exec(time)?.slice(1).join('') ?? '';
  return isoDateTime(`${date.replaceAll('-', '')}${digits}`);
}
