import { Modal } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useText } from '../../text/index.js';
import { acceptable, firstChoice, measurementLine, type Offered, type Reported } from './measurement-line.js';

interface ConfirmMeasurementsProps {
  offered: readonly Offered[];
  insert: (line: string) => void;
  close: () => void;
}

/** Each value as the device and as the software has it; what the doctor leaves in the last column is what the report says. */
export function ConfirmMeasurements({ offered, insert, close }: ConfirmMeasurementsProps) {
  const t = useText();
  const words = t.ecg.confirm;
  const names = t.ecg.measurement as Record<string, string>;
  const [values, setValues] = useState<Readonly<Partial<Record<Reported, string>>>>(() =>
    Object.fromEntries(offered.map((one) => [one.code, firstChoice(one)])),
  );
  const table = useRef<HTMLTableElement>(null);
  const inputs = (): HTMLInputElement[] => [...(table.current?.querySelectorAll('input') ?? [])];
  const enter = (at: number): void => {
    const input = inputs()[at];
    input?.focus();
    input?.select();
  };
  const set = (code: Reported, value: string): void => setValues((now) => ({ ...now, [code]: value }));
  const line = measurementLine(values, t.ecg.line);
  const wrong = offered.filter(({ code }) => !acceptable(code, values[code] ?? ''));
  const confirm = (): void => {
    if (wrong[0]) return enter(offered.indexOf(wrong[0]));
    if (!line) return;
    insert(line);
    close();
  };
  const key = (event: KeyboardEvent<HTMLInputElement>, { code, device, computed }: Offered, at: number): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') enter(at + 1);
    else if (event.key === 'ArrowUp') enter(at - 1);
    else if (event.key === 'ArrowLeft') {
      if (device !== null) set(code, String(device));
    } else if (event.key === 'ArrowRight') {
      if (computed !== null) set(code, String(computed));
    } else if (event.key === 'Enter') confirm();
    else return;
    event.preventDefault();
    // What is typed next takes the place of what was chosen.
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') requestAnimationFrame(() => enter(at));
  };
  const choice = (one: Offered, value: number | null): React.ReactNode =>
    value === null ? (
      '—'
    ) : (
      <button
        type="button"
        tabIndex={-1}
        aria-pressed={values[one.code] === String(value)}
        onClick={() => set(one.code, String(value))}
      >
        {value}
      </button>
    );
  return (
    <Modal
      open
      onCancel={close}
      afterOpenChange={(open) => open && enter(0)}
      onOk={confirm}
      okText={`${words.confirm} ⏎`}
      okButtonProps={{ disabled: !line || wrong.length > 0 }}
      cancelText={t.common.cancel}
      title={words.title}
      width="min(560px, 96vw)"
      style={{ top: 24 }}
    >
      <p className="soft">{words.how}</p>
      <table className="measured confirm-measured" ref={table} data-testid="confirm-measured">
        <thead>
          <tr>
            <td />
            <th scope="col">{words.device}</th>
            <th scope="col">{words.computed}</th>
            <th scope="col">{words.confirmed}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {offered.map((one, at) => (
            <tr key={one.code} className={one.apart ? 'measured-apart' : undefined} data-code={one.code}>
              <th scope="row">
                {one.apart ? '≠ ' : ''}
                {one.code === 'QTc' ? words.qtc : (names[one.code] ?? one.code)}
              </th>
              <td>{choice(one, one.device)}</td>
              <td>{choice(one, one.computed)}</td>
              <td>
                <input
                  value={values[one.code] ?? ''}
                  inputMode="decimal"
                  autoComplete="off"
                  aria-label={`${names[one.code] ?? one.code}: ${words.confirmed}`}
                  aria-invalid={wrong.includes(one)}
                  onChange={(event) => set(one.code, event.target.value)}
                  onFocus={(event) => event.target.select()}
                  onKeyDown={(event) => key(event, one, at)}
                />
              </td>
              <td className="confirm-unit">
                {one.code === 'HR' ? t.ecg.perMinute : one.code === 'QRS-axis' ? '°' : 'ms'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="confirm-line" data-testid="confirm-line" role="status">
        {wrong.length > 0 ? words.wrong(wrong.map(({ code }) => names[code] ?? code).join(' ')) : line || words.nothing}
      </p>
    </Modal>
  );
}
