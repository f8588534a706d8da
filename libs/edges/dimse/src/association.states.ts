/**
 * The acceptor's side of PS3.8 table 9-10 as a literal table. States and events that only a requestor meets (Sta4, Sta5, Sta7,
 * Sta9 to Sta12; A-ASSOCIATE and A-RELEASE request primitives) are left out: this side never asks for an association nor for
 * its release.
 */
export type AssociationState = 'Sta1' | 'Sta2' | 'Sta3' | 'Sta6' | 'Sta8' | 'Sta13';

export const ASSOCIATION_EVENTS = [
  'Evt3', // A-ASSOCIATE-AC received
  'Evt4', // A-ASSOCIATE-RJ received
  'Evt5', // a transport connection came in
  'Evt6', // A-ASSOCIATE-RQ received
  'Evt7', // we accept
  'Evt8', // we refuse
  'Evt9', // we send P-DATA
  'Evt10', // P-DATA-TF received
  'Evt12', // A-RELEASE-RQ received
  'Evt13', // A-RELEASE-RP received
  'Evt14', // we answer the release
  'Evt15', // we abort
  'Evt16', // A-ABORT received
  'Evt17', // the transport connection is closed
  'Evt18', // the ARTIM timer ran out
  'Evt19', // an unrecognised or invalid PDU received
] as const;

export type AssociationEvent = (typeof ASSOCIATION_EVENTS)[number];

/** Actions by their names in PS3.8 tables 9-6 to 9-9, with the state each leads to. */
export const ASSOCIATION_ACTIONS = {
  'AE-5': 'Sta2', // start ARTIM
  'AE-6': 'Sta3', // stop ARTIM, consider the request; a refusal by the provider takes the way of Evt8
  'AE-7': 'Sta6', // send A-ASSOCIATE-AC
  'AE-8': 'Sta13', // send A-ASSOCIATE-RJ, start ARTIM
  'DT-1': 'Sta6', // send P-DATA-TF
  'DT-2': 'Sta6', // take P-DATA-TF
  'AR-2': 'Sta8', // take the release request
  'AR-4': 'Sta13', // send A-RELEASE-RP, start ARTIM
  'AR-5': 'Sta1', // stop ARTIM
  'AR-7': 'Sta8', // send P-DATA-TF while a release waits
  'AA-1': 'Sta13', // send A-ABORT (service user), start ARTIM
  'AA-2': 'Sta1', // stop ARTIM, close
  'AA-3': 'Sta1', // the peer aborted: close
  'AA-4': 'Sta1', // the connection broke
  'AA-5': 'Sta1', // stop ARTIM
  'AA-6': 'Sta13', // ignore
  'AA-7': 'Sta13', // send A-ABORT (service provider)
  'AA-8': 'Sta13', // send A-ABORT (service provider), start ARTIM
} as const satisfies Record<string, AssociationState>;

export type AssociationAction = keyof typeof ASSOCIATION_ACTIONS;

type Row = Readonly<Partial<Record<AssociationEvent, AssociationAction>>>;

/** A cell that is missing is one that PS3.8 leaves empty: a thing this side does not do, or cannot meet, in that state. */
export const ASSOCIATION_TABLE: Readonly<Record<AssociationState, Row>> = {
  Sta1: { Evt5: 'AE-5' },
  Sta2: {
    Evt3: 'AA-1',
    Evt4: 'AA-1',
    Evt6: 'AE-6',
    Evt10: 'AA-1',
    Evt12: 'AA-1',
    Evt13: 'AA-1',
    Evt16: 'AA-2',
    Evt17: 'AA-5',
    Evt18: 'AA-2',
    Evt19: 'AA-1',
  },
  Sta3: {
    Evt3: 'AA-8',
    Evt4: 'AA-8',
    Evt6: 'AA-8',
    Evt7: 'AE-7',
    Evt8: 'AE-8',
    Evt10: 'AA-8',
    Evt12: 'AA-8',
    Evt13: 'AA-8',
    Evt15: 'AA-1',
    Evt16: 'AA-3',
    Evt17: 'AA-4',
    Evt19: 'AA-8',
  },
  Sta6: {
    Evt3: 'AA-8',
    Evt4: 'AA-8',
    Evt6: 'AA-8',
    Evt9: 'DT-1',
    Evt10: 'DT-2',
    Evt12: 'AR-2',
    Evt13: 'AA-8',
    Evt15: 'AA-1',
    Evt16: 'AA-3',
    Evt17: 'AA-4',
    Evt19: 'AA-8',
  },
  Sta8: {
    Evt3: 'AA-8',
    Evt4: 'AA-8',
    Evt6: 'AA-8',
    Evt9: 'AR-7',
    Evt10: 'AA-8',
    Evt12: 'AA-8',
    Evt13: 'AA-8',
    Evt14: 'AR-4',
    Evt15: 'AA-1',
    Evt16: 'AA-3',
    Evt17: 'AA-4',
    Evt19: 'AA-8',
  },
  Sta13: {
    Evt3: 'AA-6',
    Evt4: 'AA-6',
    Evt6: 'AA-7',
    Evt10: 'AA-6',
    Evt12: 'AA-6',
    Evt13: 'AA-6',
    Evt16: 'AA-2',
    Evt17: 'AR-5',
    Evt18: 'AA-2',
    Evt19: 'AA-7',
  },
};

/** The cell of the table, or null where PS3.8 leaves it empty. */
export function actionFor(state: AssociationState, event: AssociationEvent): AssociationAction | null {
  return ASSOCIATION_TABLE[state][event] ?? null;
}
