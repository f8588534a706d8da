import { Modal } from 'antd';
import { useText } from '../../text/index.js';
import { TOOLS } from './tool-table.js';

/** Every key of the reading page; the same key closes it. */
export function KeyList({ open, close }: { open: boolean; close: () => void }) {
  const t = useText();
  const rows = [
    ...TOOLS.map(({ tool, hotkey }) => [hotkey, t.images.tools[tool]] as const),
    ...t.images.keysList,
    ...t.report.keysList,
  ];
  return (
    <Modal open={open} onCancel={close} footer={null} title={t.worklist.keys} width={1180} style={{ top: 32 }}>
      <dl className="key-list" data-testid="key-list">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
