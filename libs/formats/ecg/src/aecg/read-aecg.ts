import { AecgFindings } from './aecg-findings.js';
import { DigitsReader, leadsOfSet, type OpenSequence, type Quantity } from './aecg-sequences.js';
import { isoDate, isoDateTime } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { joinedName } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readXml, type XmlAttributes as Attributes } from '../xml/read-xml.js';

/**
 * An ECG from an HL7 aECG file (Annotated ECG, PORT_MT020001), read as a stream: one pass, the time grows with the size alone. Leads of
 * `series` are the rhythm, those of `derivedSeries` go to `representativeBeats`. The declared encoding is respected.
 *
 * @throws EcgFormatError bad-xml (not well formed, wrong encoding, a DOCTYPE: no door for entities), not-ecg (another root element),
 *   no-waveform, unsupported (leads without time or without a scale in volts).
 */
export function readAecg(bytes: Uint8Array): EcgRecording {
  const reader = new AecgReader();
  readXml(bytes, 'AnnotatedECG', reader);
  return reader.finish();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Holds what one file says while it streams by. */
class AecgReader {
  private path: readonly string[] = [];
  private readonly findings = new AecgFindings();
  private readonly patient: { id?: string; name?: string; sex?: 'M' | 'F' | 'O'; birthDate?: string } = {};
  private readonly device: { manufacturer?: string; model?: string; serial?: string } = {};
  private readonly leads: EcgLead[] = [];
  private readonly beats: EcgLead[] = [];
  private readonly notes: string[] = [];
  private readonly clock: { start?: number } = {};
  private readonly beatClock: { start?: number } = {};
  private sequences: OpenSequence[] = [];
  private sequence: OpenSequence | undefined;
  private seriesStart: string | undefined;
  private firstHead: string | undefined;
  private documentStart: string | undefined;
  private gathered = '';

  readonly open = (path: readonly string[], attributes: Attributes): void => {
    this.path = path;
    const [name = '', parent = '', grandparent = ''] = [path.at(-1), path.at(-2), path.at(-3)];
    this.gathered = name === 'name' || parent !== 'name' ? '' : this.gathered;
    if (name === 'sequenceSet') this.sequences = [];
    else if (name === 'sequence') this.sequence = { code: '', valueType: '' };
    else if (name === 'annotation') this.findings.begin();
    else if (this.sequence) this.openInSequence(this.sequence, name, parent, grandparent, attributes);
    else if (parent === 'annotation' && name === 'code') this.findings.code(attributes['code'] ?? '');
    else if (parent === 'annotation' && name === 'value') this.findings.value(attributes);
    else if (parent === 'boundary' && name === 'code') this.findings.boundary(attributes['code'] ?? '');
    else this.openAbout(name, parent, grandparent, attributes);
  };

  readonly text = (path: readonly string[], text: string): void => {
    const name = path.at(-1);
    if (name === 'digits') this.sequence?.digits?.write(text);
    else if (name === 'value' && path.at(-2) === 'annotation') this.findings.text(text);
    else if (text.trim() !== '' && this.gathered.length < 1000)
      this.gathered += `${this.gathered ? ' ' : ''}${text.trim()}`;
  };

  readonly close = (path: readonly string[]): void => {
    this.path = path.slice(0, -1);
    const [name, parent] = [path.at(-1), path.at(-2)];
    if (name === 'sequence' && this.sequence) {
      this.sequences.push(this.sequence);
      this.sequence = undefined;
    } else if (name === 'sequenceSet') this.closeSet();
    else if (name === 'annotation') this.findings.end();
    else if (this.gathered !== '' && !this.path.includes('annotation')) this.closeText(name, parent, this.gathered);
  };

  finish(): EcgRecording {
    if (this.leads.length === 0) throw new EcgFormatError('no-waveform', 'The aECG file holds no rhythm leads.');
    const startTime = this.firstHead ?? this.seriesStart ?? this.documentStart;
    return {
      patient: this.patient,
      ...(Object.keys(this.device).length === 0 ? {} : { device: this.device }),
      ...(startTime === undefined ? {} : { startTime }),
      leads: this.leads,
      ...(this.beats.length === 0 ? {} : { representativeBeats: this.beats }),
      measurements: this.findings.measurements,
      statements: this.findings.statements,
      notes: [...new Set([...this.notes, ...this.findings.notes])],
      source: 'aecg',
    };
  }

  private openInSequence(
    sequence: OpenSequence,
    name: string,
    parent: string,
    grandparent: string,
    attributes: Attributes,
  ): void {
    const quantity: Quantity = { value: attributes['value'] ?? '', unit: attributes['unit'] ?? '' };
    if (parent === 'sequence' && name === 'code') sequence.code = attributes['code'] ?? '';
    else if (parent === 'sequence' && name === 'value') sequence.valueType = localName(attributes['xsi:type'] ?? '');
    else if (parent !== 'value' || grandparent !== 'sequence') return;
    else if (name === 'head') sequence.head = quantity;
    else if (name === 'increment') sequence.increment = quantity;
    else if (name === 'origin') sequence.origin = quantity;
    else if (name === 'scale') sequence.scale = quantity;
    else if (name === 'digits') sequence.digits = new DigitsReader();
  }

  private openAbout(name: string, parent: string, grandparent: string, attributes: Attributes): void {
    const value = attributes['value'] ?? '';
    if (parent === 'trialSubject' && name === 'id') {
      const id = attributes['extension']?.trim() || attributes['root']?.trim();
      if (id) this.patient.id ??= id;
    } else if (name === 'administrativeGenderCode' && parent === 'subjectDemographicPerson') {
      const code = attributes['code'];
      if (code === 'M' || code === 'F') this.patient.sex = code;
      else if (code === 'UN') this.patient.sex = 'O';
    } else if (name === 'birthTime' && parent === 'subjectDemographicPerson') {
      const birthDate = isoDate(value);
      if (birthDate !== undefined) this.patient.birthDate = birthDate;
    } else if (parent === 'manufacturedSeriesDevice' && name === 'id') {
      const serial = attributes['extension'];
      if (serial !== undefined && serial !== '' && serial !== '0') this.device.serial ??= serial;
    } else if (parent === 'effectiveTime' && (name === 'low' || name === 'center')) {
      if (grandparent === 'series') this.seriesStart ??= isoDateTime(value);
      else if (grandparent === 'AnnotatedECG') this.documentStart ??= isoDateTime(value);
    }
  }

  private closeText(name: string | undefined, parent: string | undefined, text: string): void {
    if (name === 'name' && parent === 'subjectDemographicPerson') this.patient.name ??= joinedName(text.split(/\s+/));
    else if (name === 'manufacturerModelName' && parent === 'manufacturedSeriesDevice') this.device.model ??= text;
    else if (name === 'name' && parent === 'manufacturerOrganization' && this.path.at(-2) === 'seriesAuthor')
      this.device.manufacturer ??= text;
    else if (parent === 'name') return;
    this.gathered = '';
  }

  /** Sets of one series may overlap or follow each other; of one lead the longest is kept, as no two may be laid over each other. */
  private closeSet(): void {
    const beat = this.path.includes('derivedSeries');
    const { leads, head } = leadsOfSet(this.sequences, beat ? this.beatClock : this.clock);
    this.sequences = [];
    if (!beat && head !== undefined) this.firstHead ??= isoDateTime(head);
    const kept = beat ? this.beats : this.leads;
    for (const lead of leads) {
      if (lead.samples.length === 0) continue;
      const at = kept.findIndex(({ name }) => name === lead.name);
      const known = kept[at];
      if (known) this.notes.push(`Lead ${lead.name} is recorded more than once; the longest is shown.`);
      if (!known) kept.push(lead);
      else if (lead.samples.length / lead.sampleRateHz > known.samples.length / known.sampleRateHz) kept[at] = lead;
    }
  }
}
