/**
 * object-missing, size-differs, content-differs: what a row names is not there or not what it was: damage.
 * object-unreferenced: no row names it; nothing is lost, it only takes room.
 */
export type DifferenceKind = 'object-missing' | 'size-differs' | 'content-differs' | 'object-unreferenced';

export interface NamedBy {
  table: string;
  id: string;
  organisation: string;
}

export interface Difference {
  kind: DifferenceKind;
  key: string;
  /** bytes, by the row; null: no row, or it does not say */
  expectedSize: number | null;
  /** bytes, by the store; null: no object */
  storedSize: number | null;
  rows: NamedBy[];
}
