import type { Sex } from '../../api/types.js';

export interface Identity {
  name: string;
  number: string;
  sex: Sex | null;
  birthDate: string | null;
  idCardMasked: string | null;
}

export interface Doubt {
  id: string;
  state: 'open' | 'same-person' | 'other-person';
  claimed: Identity;
  differs: string[];
}

export interface Twin {
  digest: string;
  sizeBytes: number;
  transferSyntaxUid: string;
  sender: string;
  receivedAt: string;
}

export interface Duplicate {
  id: string;
  kind: 're-encoded' | 'conflict';
  state: 'undecided' | 'set-aside' | 'serving' | 'displaced';
  sopInstanceUid: string;
  served: Twin;
  beside: Twin;
  differs: { tag: string; served: string | null; beside: string | null }[];
}

export interface Reconciliation {
  filedUnder: Identity;
  doubts: Doubt[];
  duplicates: Duplicate[];
}
