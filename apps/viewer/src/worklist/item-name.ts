import type { ReadRow } from '../api/types.js';
import type { Messages } from '../text/index.js';

/** What was examined, in the best words there are. */
export const itemName = (row: Pick<ReadRow, 'item' | 'description' | 'modality' | 'kind'>, t: Messages): string =>
  row.item?.name || row.description || row.modality || t.kind[row.kind];
