import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useText } from '../../text/index.js';

export interface AskedWords {
  readonly before: string;
  /** null: given up */
  readonly answer: (words: string | null) => unknown;
}

/** Asks for the words of an arrow. */
export function ArrowWords({ asked, done }: { asked: AskedWords; done: () => void }) {
  const t = useText();
  const [words, setWords] = useState(asked.before);
  const answer = (given: string | null): void => {
    asked.answer(given);
    done();
  };
  return (
    <Modal
      open
      title={t.images.arrowWords}
      okText={t.common.confirm}
      cancelText={t.common.cancel}
      onOk={() => answer(words.trim())}
      onCancel={() => answer(null)}
      width={420}
    >
      <Input
        autoFocus
        value={words}
        maxLength={200}
        aria-label={t.images.arrowWords}
        onChange={(event) => setWords(event.target.value)}
        onPressEnter={() => answer(words.trim())}
      />
    </Modal>
  );
}
