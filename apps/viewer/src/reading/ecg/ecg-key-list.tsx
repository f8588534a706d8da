import { Modal } from 'antd';
import { useText } from '../../text/index.js';

/** Every key of the ECG page; the same key closes it. */
export function EcgKeyList({ close }: { close: () => void }) {
  const t = useText();
  return (
    <Modal open onCancel={close} footer={null} title={t.worklist.keys} width={960} style={{ top: 32 }}>
      <dl className="ecg-keys" data-testid="key-list">
        {[...t.ecg.keysList, ...t.report.keysList.filter(([key]) => key.length > 3 || key === 'F2')].map(
          ([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ),
        )}
      </dl>
    </Modal>
  );
}
