import { useText } from '../../text/index.js';
import type { EcgMeasurement, EcgView } from './ecg-view.js';
import { differ } from './measurement-line.js';
import { stLine } from './st-line.js';

const UNITS: Readonly<Record<string, string>> = { deg: '°', bpm: '/min' };
const valueText = (one: EcgMeasurement | undefined): string =>
  one ? `${one.value} ${UNITS[one.unit] ?? one.unit}` : '—';

interface FindingsProps {
  view: EcgView;
  /** Opens the step in which the doctor confirms; null where this read cannot be written. */
  confirm: (() => void) | null;
}

/** What the device measured and said, and beside it what was computed, where that is so. */
export function Findings({ view, confirm }: FindingsProps) {
  const t = useText();
  const { measurements, statements } = view.recording;
  const computed = view.computed ?? [];
  const codes = [...new Set([...measurements, ...computed].map(({ code }) => code))];
  const st = stLine(view.st, t);
  const names = t.ecg.measurement as Record<string, string>;
  return (
    <section className="device">
      <div>
        <h2>{t.ecg.measurements}</h2>
        {codes.length === 0 && <p className="soft">{t.ecg.noMeasurements}</p>}
        {codes.length > 0 && (
          <table className="measured" data-testid="measured">
            <thead>
              <tr>
                <td />
                <th scope="col">{t.ecg.device}</th>
                {view.computed && <th scope="col">{t.ecg.computed}</th>}
              </tr>
            </thead>
            <tbody>
              {codes.map((code) => {
                const device = measurements.find((one) => one.code === code);
                const ours = computed.find((one) => one.code === code);
                const apart = differ(device, ours);
                return (
                  <tr key={code} className={apart ? 'measured-apart' : undefined}>
                    <th scope="row">{names[code] ?? code}</th>
                    <td>{valueText(device)}</td>
                    {view.computed && (
                      <td>
                        {apart ? '≠ ' : ''}
                        {valueText(ours)}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
        {st && (
          <p className="measured-st" data-testid="ecg-st">
            {st}
          </p>
        )}
        {confirm && (
          <button
            type="button"
            className="measured-confirm"
            onMouseDown={(event) => event.preventDefault()}
            onClick={confirm}
            data-testid="confirm-measurements"
          >
            {t.ecg.confirm.open} <kbd>I</kbd>
          </button>
        )}
        {view.computed && <p className="soft">{t.ecg.toConfirm}</p>}
      </div>
      <div>
        <h2>
          {t.ecg.statements} <span className="device-tag">{t.ecg.device}</span>
        </h2>
        {statements.length === 0 && <p className="soft">{t.ecg.noStatements}</p>}
        <ul>
          {statements.map((statement) => (
            <li key={statement}>{statement}</li>
          ))}
        </ul>
        {(measurements.length > 0 || statements.length > 0) && <p className="soft">{t.ecg.deviceOnly}</p>}
      </div>
    </section>
  );
}
