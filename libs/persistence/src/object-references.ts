/**
 * The rows of one table that name objects in the store, as SQL expressions over that table. Every table that names objects has its
 * entry, exported by the stage that owns it: what is not declared counts as garbage.
 */
export interface ObjectReferences {
  readonly table: string;
  /** the object's key; rows where it is null name none */
  readonly key: string;
  /** its size in bytes, where the row keeps it */
  readonly size: string | null;
  /**
   * The last segment of the key is the SHA-256 of `salt` and the object's bytes from `skip` on (docs/object-layout.md); null: the key
   * says nothing of the content.
   */
  readonly digest: { readonly skip: string; readonly salt: string } | null;
  readonly id: string;
  readonly organisation: string;
}
