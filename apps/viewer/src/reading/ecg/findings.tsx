import { useText } from '../../text/index.js';
import type { EcgMeasurement, EcgView } from './ecg-view.js';

/** From this difference on, two measurements of one thing are marked: in the unit they are given in. */
const APART: Readonly<Record<string, number>> = { '/min': 5, bpm: 5, ms: 20, deg: 15 };
const unitText = (unit: string): string => (unit === 'deg' ? '°' : unit);
const valueText = (one: EcgMeasurement | undefined): string => (one ? `${one.value} ${unitText(one.unit)}` : '—');

export const differ = (device: EcgMeasurement | undefined, computed: EcgMeasurement | undefined): boolean =>
  device !== undefined &&
  computed !== undefined &&
  (device.unit !== computed.unit
    ? device.value !== computed.value
    : Math.abs(device.value - computed.value) >= (APART[device.unit] ?? Infinity));

/** What the device measured and said, and beside it what was computed, where that is so. */
export function Findings({ view }: { view: EcgView }) {
  const t = useText();
  const { measurements, statements } = view.recording;
  const computed = view.computed ?? [];
  const codes = [...new Set([...measurements, ...computed].map(({ code }) => code))];
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
