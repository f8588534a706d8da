import type { ObjectReferences } from '#libs/persistence';

/** The objects that rows of ingest name: instances, ECG documents, and what is in quarantine. */
export const INGEST_OBJECTS: readonly ObjectReferences[] = [
  {
    table: 'ingest_instance',
    key: 'object_key',
    size: 'size_bytes',
    digest: {
      skip: 'dataset_offset',
      salt: `CASE format WHEN 'dicom' THEN transfer_syntax_uid || chr(10) ELSE '' END`,
    },
    id: 'id',
    organisation: 'organisation',
  },
  {
    table: 'ingest_quarantine',
    key: 'object_key',
    size: 'size_bytes',
    digest: { skip: '0', salt: `''` },
    id: 'id',
    organisation: 'organisation',
  },
];
