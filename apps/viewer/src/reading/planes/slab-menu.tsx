import { Dropdown } from 'antd';
import { useText, type Messages } from '../../text/index.js';
import type { SlabMode } from './plane.js';
import type { Slab } from './plane-images.js';

const MODES: readonly SlabMode[] = ['maximum', 'average', 'minimum'];
const MILLIMETRES = [5, 10, 20, 40];

const named = (slab: Slab | null, words: Messages['images']['planes']): string =>
  slab ? `${words.slab[slab.mode]} ${slab.millimetres} mm` : words.single;

/** How many images of a plane are seen through as one, and what is shown of them. */
export function SlabMenu({ slab, setSlab }: { slab: Slab | null; setSlab: (slab: Slab | null) => void }) {
  const words = useText().images.planes;
  const slabs = [null, ...MODES.flatMap((mode) => MILLIMETRES.map((millimetres) => ({ mode, millimetres })))];
  const items = slabs.map((one) => ({ key: named(one, words), label: named(one, words), onClick: () => setSlab(one) }));
  return (
    <Dropdown menu={{ items, selectedKeys: [named(slab, words)] }} trigger={['click']}>
      <button type="button" data-testid="slab">
        {named(slab, words)}
      </button>
    </Dropdown>
  );
}
