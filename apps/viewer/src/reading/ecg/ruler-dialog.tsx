import { Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../../text/index.js';
import { CARD_MM } from './screen-scale.js';

interface RulerDialogProps {
  pixelsPerMm: number;
  keep: (pixelsPerMm: number) => void;
  close: () => void;
}

/** A card's frame and a line of 100 mm, as large as the screen is thought to show them. */
export function RulerDialog({ pixelsPerMm, keep, close }: RulerDialogProps) {
  const words = useText().ecg.ruler;
  const [pixels, setPixels] = useState(pixelsPerMm);
  const step = (by: number): void => setPixels((now) => Math.min(30, Math.max(1.5, now + by / CARD_MM.width)));
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const size = event.shiftKey ? 0.25 : 2;
      if (event.key === 'ArrowRight') step(size);
      else if (event.key === 'ArrowLeft') step(-size);
      else if (event.key === 'Enter') {
        keep(pixels);
        close();
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  });
  return (
    <Modal open onCancel={close} footer={null} title={words.title} width="min(720px, 96vw)" style={{ top: 24 }}>
      <p>{words.how}</p>
      <div className="ruler-room">
        <div
          className="ruler-card"
          data-testid="ruler-card"
          style={{ width: CARD_MM.width * pixels, height: CARD_MM.height * pixels }}
        >
          {words.card}
        </div>
        <div className="ruler-line" style={{ width: 100 * pixels }}>
          {words.line}
        </div>
      </div>
      <div className="ecg-tools">
        <button type="button" onClick={() => step(-2)}>
          {words.narrower}
        </button>
        <button type="button" onClick={() => step(2)}>
          {words.wider}
        </button>
        <button
          type="button"
          data-testid="ruler-keep"
          onClick={() => {
            keep(pixels);
            close();
          }}
        >
          {words.keep}
        </button>
      </div>
    </Modal>
  );
}
