import type { EcgMeasurement } from '../ecg-recording.js';
import { measurementCode, readMeasurement } from '../measurement-names.js';

/** One `annotation` element while it is open. */
interface OpenAnnotation {
  code: string;
  value: Readonly<Record<string, string>>;
  text: string;
  lead: boolean;
}

/**
 * Collects annotations of the whole recording. An annotation directly in its set speaks for the recording; one inside a beat for that
 * beat, and one that names a lead for that lead: these are used only where nothing better was said.
 */
export class AecgFindings {
  readonly statements: string[] = [];
  readonly notes: string[] = [];
  private readonly open: OpenAnnotation[] = [];
  private readonly measured = new Map<string, { rank: number; measurement: EcgMeasurement }>();

  get measurements(): EcgMeasurement[] {
    return [...this.measured.values()].map(({ measurement }) => measurement);
  }

  begin(): void {
    this.open.push({ code: '', value: {}, text: '', lead: false });
  }

  code(code: string): void {
    const annotation = this.open.at(-1);
    if (annotation) annotation.code = code;
  }

  value(attributes: Readonly<Record<string, string>>): void {
    const annotation = this.open.at(-1);
    if (annotation) annotation.value = attributes;
  }

  text(text: string): void {
    const annotation = this.open.at(-1);
    if (annotation) annotation.text += text;
  }

  boundary(code: string): void {
    const annotation = this.open.at(-1);
    if (annotation && /^MDC_ECG_LEAD_/i.test(code)) annotation.lead = true;
  }

  end(): void {
    const annotation = this.open.pop();
    if (!annotation) return;
    const { code, value } = annotation;
    if (value['xsi:type'] === 'PQ') this.measure(annotation, this.open.length > 0 || annotation.lead ? 1 : 0);
    else if (/INTERPRETATION/i.test(code) || code === 'MDC_ECG_RHY')
      this.state(annotation.text.trim() || value['displayName'] || value['code'] || '');
  }

  private measure({ code, value }: OpenAnnotation, rank: number): void {
    const name = measurementCode(code) ?? (rank === 0 ? code.replace(/^MDC_ECG_/, '') : '');
    const known = this.measured.get(name);
    if (name === '' || (known && known.rank <= rank)) return;
    const read = readMeasurement(name, Number(value['value'] || NaN), value['unit'] ?? '');
    if (!read) return;
    this.measured.set(name, { rank, measurement: read.measurement });
    if (read.odd !== undefined && !this.notes.includes(read.odd)) this.notes.push(read.odd);
  }

  private state(statement: string): void {
    if (statement !== '' && !this.statements.includes(statement)) this.statements.push(statement);
  }
}
