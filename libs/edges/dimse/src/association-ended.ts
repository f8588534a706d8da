/** The association is gone, or was given up because the peer did not answer. */
export class AssociationEnded extends Error {
  override readonly name = 'AssociationEnded';
}
