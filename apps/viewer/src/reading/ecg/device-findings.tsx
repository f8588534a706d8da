import { useText } from '../../text/index.js';
import type { EcgRecording } from './ecg-view.js';

export function DeviceFindings({ recording }: { recording: EcgRecording }) {
  const t = useText();
  const { measurements: lines, statements } = recording;
  const names = t.ecg.measurement as Record<string, string>;
  return (
    <section className="device">
      <div>
        <h2>
          {t.ecg.measurements} <span className="device-tag">{t.ecg.device}</span>
        </h2>
        {lines.length === 0 && <p className="soft">{t.ecg.noMeasurements}</p>}
        <dl>
          {lines.map(({ code, value, unit }) => (
            <div key={code}>
              <dt>{names[code] ?? code}</dt>
              <dd>
                {value} {unit === 'deg' ? '°' : unit}
              </dd>
            </div>
          ))}
        </dl>
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
        {(lines.length > 0 || statements.length > 0) && <p className="soft">{t.ecg.deviceOnly}</p>}
      </div>
    </section>
  );
}
