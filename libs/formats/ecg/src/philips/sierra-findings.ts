import type { EcgMeasurement } from '../ecg-recording.js';
import { readMeasurement } from '../measurement-names.js';
import { decimal } from '../xml/xml-values.js';

const MEASUREMENTS: ReadonlyMap<string, readonly [code: string, unit: string]> = new Map([
  ['heartrate', ['HR', 'bpm']],
  ['meanventrate', ['HR', 'bpm']],
  ['atrialrate', ['atrial-rate', 'bpm']],
  ['rrint', ['RR', 'ms']],
  ['pdur', ['P', 'ms']],
  ['print', ['PR', 'ms']],
  ['meanprint', ['PR', 'ms']],
  ['qrsdur', ['QRS', 'ms']],
  ['meanqrsdur', ['QRS', 'ms']],
  ['qtint', ['QT', 'ms']],
  ['meanqtint', ['QT', 'ms']],
  ['meanqtc', ['QTc', 'ms']],
  ['qtcb', ['QTcB', 'ms']],
  ['qtcf', ['QTcF', 'ms']],
  ['pfrontaxis', ['P-axis', 'deg']],
  ['qrsfrontaxis', ['QRS-axis', 'deg']],
  ['tfrontaxis', ['T-axis', 'deg']],
]);

/**
 * Measurements and statements of a Philips file. Those of the interpretation are what the report shows; those over all leads stand in
 * where it has none. Words such as 'Indeterminate' or 'Failed' are no measurement. Only the first interpretation is the device's.
 */
export class SierraFindings {
  readonly statements: string[] = [];
  readonly notes: string[] = [];
  private readonly shown = new Map<string, EcgMeasurement>();
  private readonly overLeads = new Map<string, EcgMeasurement>();
  private left = '';

  get measurements(): EcgMeasurement[] {
    return [...new Map([...this.shown, ...[...this.overLeads].filter(([code]) => !this.shown.has(code))]).values()];
  }

  measure(name: string, text: string, interpreted: boolean): void {
    const known = MEASUREMENTS.get(name);
    const value = decimal(text);
    if (!known || value === undefined) return;
    const read = readMeasurement(known[0], value, known[1]);
    const into = interpreted ? this.shown : this.overLeads;
    if (read && !into.has(known[0])) into.set(known[0], read.measurement);
  }

  edited(name: string): void {
    if (MEASUREMENTS.has(name)) this.notes.push(`The file says that ${name} was edited by a person.`);
  }

  severity(text: string): void {
    if (text !== '') this.statements.push(text);
  }

  statementPart(name: string, text: string): void {
    if (name === 'leftstatement') this.left = text;
    if (name === 'rightstatement' && text !== '') this.left += this.left === '' ? text : ` (${text})`;
  }

  endStatement(): void {
    if (this.left !== '') this.statements.push(this.left);
    this.left = '';
  }
}
