import { ASSOCIATION_ACTIONS, type AssociationEvent } from './association.states.js';

/**
 * The requestor's side of PS3.8 table 9-10 as a literal table. States and events that only an acceptor meets (Sta2, Sta3, Sta10,
 * Sta12; A-ASSOCIATE responses, an incoming connection) are left out.
 */
export type RequestorState = 'Sta1' | 'Sta4' | 'Sta5' | 'Sta6' | 'Sta7' | 'Sta8' | 'Sta9' | 'Sta11' | 'Sta13';

export const REQUESTOR_EVENTS = [
  'Evt1', // we ask for an association
  'Evt2', // the transport connection is open
  'Evt3', // A-ASSOCIATE-AC received
  'Evt4', // A-ASSOCIATE-RJ received
  'Evt6', // A-ASSOCIATE-RQ received
  'Evt9', // we send P-DATA
  'Evt10', // P-DATA-TF received
  'Evt11', // we ask for the release
  'Evt12', // A-RELEASE-RQ received
  'Evt13', // A-RELEASE-RP received
  'Evt14', // we answer the release
  'Evt15', // we abort
  'Evt16', // A-ABORT received
  'Evt17', // the transport connection is closed
  'Evt18', // the ARTIM timer ran out
  'Evt19', // an unrecognised or invalid PDU received
] as const;

export type RequestorEvent = (typeof REQUESTOR_EVENTS)[number] & (AssociationEvent | 'Evt1' | 'Evt2' | 'Evt11');

/** Actions of PS3.8 tables 9-6 to 9-9 with the state each leads to; those of both sides are shared. */
export const REQUESTOR_ACTIONS = {
  'AE-1': 'Sta4', // open the transport connection
  'AE-2': 'Sta5', // send A-ASSOCIATE-RQ
  'AE-3': 'Sta6', // we are accepted
  'AE-4': 'Sta1', // we are refused: close
  'DT-1': ASSOCIATION_ACTIONS['DT-1'],
  'DT-2': ASSOCIATION_ACTIONS['DT-2'],
  'AR-1': 'Sta7', // send A-RELEASE-RQ
  'AR-2': ASSOCIATION_ACTIONS['AR-2'],
  'AR-3': 'Sta1', // released: close
  'AR-4': ASSOCIATION_ACTIONS['AR-4'],
  'AR-6': 'Sta7', // take P-DATA-TF while our release waits
  'AR-8': 'Sta9', // both asked for the release
  'AR-9': 'Sta11', // send A-RELEASE-RP
  'AA-1': ASSOCIATION_ACTIONS['AA-1'],
  'AA-2': ASSOCIATION_ACTIONS['AA-2'],
  'AA-3': ASSOCIATION_ACTIONS['AA-3'],
  'AA-4': ASSOCIATION_ACTIONS['AA-4'],
  'AA-6': ASSOCIATION_ACTIONS['AA-6'],
  'AA-7': ASSOCIATION_ACTIONS['AA-7'],
  'AA-8': ASSOCIATION_ACTIONS['AA-8'],
  'AR-5': ASSOCIATION_ACTIONS['AR-5'],
} as const satisfies Record<string, RequestorState>;

export type RequestorAction = keyof typeof REQUESTOR_ACTIONS;

type Row = Readonly<Partial<Record<RequestorEvent, RequestorAction>>>;

/** What every established state does with a PDU out of turn, an abort, and a broken connection. */
const ESTABLISHED = {
  Evt3: 'AA-8',
  Evt4: 'AA-8',
  Evt6: 'AA-8',
  Evt10: 'AA-8',
  Evt12: 'AA-8',
  Evt13: 'AA-8',
  Evt15: 'AA-1',
  Evt16: 'AA-3',
  Evt17: 'AA-4',
  Evt19: 'AA-8',
} as const satisfies Row;

export const REQUESTOR_TABLE: Readonly<Record<RequestorState, Row>> = {
  Sta1: { Evt1: 'AE-1' },
  Sta4: { Evt2: 'AE-2', Evt15: 'AA-2', Evt17: 'AA-4' },
  Sta5: { ...ESTABLISHED, Evt3: 'AE-3', Evt4: 'AE-4' },
  Sta6: { ...ESTABLISHED, Evt9: 'DT-1', Evt10: 'DT-2', Evt11: 'AR-1', Evt12: 'AR-2' },
  Sta7: { ...ESTABLISHED, Evt10: 'AR-6', Evt12: 'AR-8', Evt13: 'AR-3' },
  Sta8: { ...ESTABLISHED, Evt14: 'AR-4' },
  Sta9: { ...ESTABLISHED, Evt14: 'AR-9' },
  Sta11: { ...ESTABLISHED, Evt13: 'AR-3' },
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
