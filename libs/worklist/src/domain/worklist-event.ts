/** A change of a read, as lists are told of it; it says nothing of persons. */
export interface WorklistEvent {
  /** its place in the order in which changes are told, and after which one it goes on */
  position: Position;
  readId: string;
  organisation: string;
  kind: string;
  /** of the read: opened, assigned, claimed, released, done, returned, cancelled, changed; of what its line shows: report, exam */
  change: string;
}

/** `<transaction>-<number>`. */
export type Position = `${bigint}-${bigint}`;

const FORM = /^(\d{1,20})-(\d{1,19})$/;
const LARGEST = 2n ** 63n - 1n;

/** @returns undefined for what is no position; browsers send back whatever they were given by whomever */
export function positionFrom(text: string): Position | undefined {
  const [, xid, id] = FORM.exec(text) ?? [];
  if (xid === undefined || id === undefined || BigInt(xid) > LARGEST || BigInt(id) > LARGEST) return undefined;
  return `${BigInt(xid)}-${BigInt(id)}`;
}

export function partsOf(position: Position): [xid: string, id: string] {
  return position.split('-') as [string, string];
}

export const transactionOf = (position: Position): bigint => BigInt(partsOf(position)[0]);
