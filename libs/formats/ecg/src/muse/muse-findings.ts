import type { EcgMeasurement } from '../ecg-recording.js';
import { readMeasurement } from '../measurement-names.js';
import { decimal } from '../xml/xml-values.js';

/** Elements of (Original)RestingECGMeasurements that are measurements; onsets and offsets are positions in the median beat. */
const MEASUREMENTS: Readonly<Record<string, readonly [code: string, unit: string]>> = {
  VentricularRate: ['HR', 'bpm'],
  AtrialRate: ['atrial-rate', 'bpm'],
  PRInterval: ['PR', 'ms'],
  QRSDuration: ['QRS', 'ms'],
  QTInterval: ['QT', 'ms'],
  QTCorrected: ['QTc', 'ms'],
  QTcFrederica: ['QTcF', 'ms'],
  PAxis: ['P-axis', 'deg'],
  RAxis: ['QRS-axis', 'deg'],
  TAxis: ['T-axis', 'deg'],
};

/**
 * The device's own findings. MUSE keeps what the device said in the elements whose name begins with 'Original' and what stands now, perhaps
 * edited by a person, in those without: the originals are taken, the others only where there are none, and a difference is noted.
 */
export class MuseFindings {
  private readonly original = new Map<string, EcgMeasurement>();
  private readonly current = new Map<string, EcgMeasurement>();
  private readonly originalStatements: string[] = [];
  private readonly currentStatements: string[] = [];
  private statement = '';
  private ends = false;

  measure(set: string, name: string, text: string): void {
    const known = Object.hasOwn(MEASUREMENTS, name) ? MEASUREMENTS[name] : undefined;
    const value = decimal(text);
    if (!known || value === undefined) return;
    const read = readMeasurement(known[0], value, known[1]);
    const into = set.startsWith('Original') ? this.original : this.current;
    if (read && !into.has(known[0])) into.set(known[0], read.measurement);
  }

  statementPart(name: string, text: string): void {
    if (name === 'StmtFlag' && text.toUpperCase() === 'ENDSLINE') this.ends = true;
    if (name === 'StmtText' && text !== '' && this.statement.length < 10_000)
      this.statement += `${this.statement === '' ? '' : ' '}${text}`;
  }

  /** A `DiagnosisStatement` ended: a line ends where its flag says so. */
  endStatement(set: string): void {
    if (this.ends) this.endLine(set);
  }

  /** A `Diagnosis` or `OriginalDiagnosis` ended: what is left is a line. */
  endLine(set: string): void {
    const into = set.startsWith('Original') ? this.originalStatements : this.currentStatements;
    if (this.statement !== '') into.push(this.statement);
    this.statement = '';
    this.ends = false;
  }

  get measurements(): EcgMeasurement[] {
    return [...(this.original.size > 0 ? this.original : this.current).values()];
  }

  get statements(): string[] {
    return this.originalStatements.length > 0 ? this.originalStatements : this.currentStatements;
  }

  get notes(): string[] {
    const edited = [...this.original].flatMap(([code, { value, unit }]) => {
      const now = this.current.get(code)?.value;
      return now === undefined || now === value ? [] : [`${code} ${value} ${unit}, later ${now}`];
    });
    const notes = edited.length === 0 ? [] : [`Measurements were changed after the device: ${edited.join('; ')}.`];
    const [first, now] = [this.originalStatements.join('\n'), this.currentStatements.join('\n')];
    if (first !== '' && now !== '' && first !== now)
      notes.push(`Statements were changed after the device; later: ${this.currentStatements.join('; ')}`);
    return notes;
  }
}
