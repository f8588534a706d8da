import { Button } from 'antd';
import { useEffect, useRef, useState, type ChangeEvent } from 'react';
import { useLatest } from '../office/use-latest.js';
import { useText } from '../text/index.js';
import { filesOfDrop, filesOfInput, filesOfPicker, hasPickers, type Given } from './collect-files.js';

/** Takes files from anywhere on the page, or from the two pickers. */
export function DropZone({ add }: { add: (given: Given, counted: (n: number) => void) => Promise<boolean> }) {
  const t = useText();
  const [over, setOver] = useState(false);
  const [counting, setCounting] = useState<number | null>(null);
  const [empty, setEmpty] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState(false);
  const take = useLatest(async (given: () => Promise<Given | null>): Promise<void> => {
    setEmpty(false);
    setFailed(false);
    setCounting(0);
    try {
      const some = await given();
      if (some) setEmpty(!(await add(some, setCounting)));
    } catch {
      setFailed(true);
    } finally {
      setCounting(null);
    }
  });

  useEffect(() => {
    let depth = 0;
    const carries = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent): void => {
      if (!carries(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (): void => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent): void => {
      if (carries(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (!dataTransfer || !carries(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const given = filesOfDrop(dataTransfer, setCounting);
      void take.current(() => given);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', onDrop);
    };
  }, [take]);

  const picked = (event: ChangeEvent<HTMLInputElement>): void => {
    const { files: list } = event.target;
    const given = list && list.length > 0 ? filesOfInput(list) : null;
    event.target.value = '';
    if (given) void take.current(async () => given);
  };
  const choose = (what: 'files' | 'folder'): void => {
    if (hasPickers()) void take.current(() => filesOfPicker(what, setCounting));
    else (what === 'files' ? files : folder).current?.click();
  };

  return (
    <section className={over ? 'drop drop-over' : 'drop'}>
      <p className="drop-title">
        {counting !== null ? t.township.preparing(counting) : over ? t.township.dropHere : t.township.drop}
      </p>
      <p className="drop-what">{t.township.dropWhat}</p>
      <p className="drop-buttons">
        <Button type="primary" onClick={() => choose('files')} data-testid="choose-files">
          {t.township.chooseFiles}
        </Button>
        <Button onClick={() => choose('folder')} data-testid="choose-folder">
          {t.township.chooseFolder}
        </Button>
      </p>
      {empty && <p className="drop-empty">◆ {t.township.noFiles}</p>}
      {failed && <p className="drop-empty">◆ {t.township.notRead}</p>}
      <input ref={files} type="file" multiple hidden onChange={picked} data-testid="file-input" />
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        onChange={picked}
        data-testid="folder-input"
      />
    </section>
  );
}
