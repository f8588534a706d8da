import type { ObjectReferences } from '#libs/persistence';

/** The objects that rows of the catalogue name: prepared series metadata, manifests, previews, compressed frames, and measures and levels of ECGs. What has lost its row there is left for the collection. */
export const CATALOGUE_OBJECTS: readonly ObjectReferences[] = [
  {
    table: 'series_metadata',
    key: 'object_key',
    size: 'size_bytes',
    digest: { skip: '0', salt: `''` },
    id: `series_id || ' ' || base`,
    organisation: `(SELECT e.organisation FROM series s JOIN exam e ON e.id = s.exam_id WHERE s.id = series_metadata.series_id)`,
  },
  {
    table: 'study_manifest',
    key: 'object_key',
    size: 'size_bytes',
    digest: { skip: '0', salt: `''` },
    id: `exam_id::text`,
    organisation: `(SELECT e.organisation FROM exam e WHERE e.id = study_manifest.exam_id)`,
  },
  {
    table: 'series_preview',
    key: 'object_key',
    size: 'size_bytes',
    digest: { skip: '0', salt: `''` },
    id: `series_id::text`,
    organisation: `(SELECT e.organisation FROM series s JOIN exam e ON e.id = s.exam_id WHERE s.id = series_preview.series_id)`,
  },
  {
    table: 'compressed_frames',
    key: 'object_key',
    size: 'size_bytes',
    digest: null,
    id: `instance_id::text`,
    organisation: `(SELECT x.organisation FROM ingest_instance x WHERE x.id = compressed_frames.instance_id)`,
  },
  {
    table: 'ecg_measures',
    key: 'object_key',
    size: 'size_bytes',
    digest: { skip: '0', salt: `''` },
    id: `instance_id::text`,
    organisation: `(SELECT x.organisation FROM ingest_instance x WHERE x.id = ecg_measures.instance_id)`,
  },
  {
    table: 'ecg_measures',
    key: 'levels_key',
    size: 'levels_bytes',
    digest: { skip: '0', salt: `''` },
    id: `instance_id::text`,
    organisation: `(SELECT x.organisation FROM ingest_instance x WHERE x.id = ecg_measures.instance_id)`,
  },
];
