import type { InstancePlace } from '#libs/catalogue';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '#libs/formats/dicom';
import type { DeviceAddress } from '#libs/identity';
import type { ProposedContext } from '../../associate-request.js';
import { RequestedAssociation } from '../../requested-association.js';

/** One association proposes so many SOP classes with their syntaxes at most (PS3.8 section 9.3.2.2: 128 contexts). */
const MOST_CONTEXTS = 128;
const NATIVE = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];

/** The receiving peer of a C-MOVE: an association of ours, renewed when a series needs what was not proposed before. */
export class MoveDestination {
  private association: RequestedAssociation | null = null;
  private readonly proposed = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly address: DeviceAddress,
    private readonly calledAe: string,
    private readonly callingAe: string,
  ) {}

  /** @throws AssociationEnded where the destination cannot be reached, or refuses */
  async associationFor(places: readonly InstancePlace[]): Promise<RequestedAssociation> {
    const news = places.filter((one) => !this.proposed.get(one.sopClassUid)?.has(one.transferSyntaxUid));
    if (this.association !== null && news.length === 0) return this.association;
    for (const { sopClassUid, transferSyntaxUid } of news) {
      this.proposed.set(sopClassUid, new Set([...(this.proposed.get(sopClassUid) ?? []), transferSyntaxUid]));
    }
    await this.release();
    const { address, calledAe, callingAe } = this;
    this.association = await RequestedAssociation.open({
      ...address,
      calledAe,
      callingAe,
      contexts: contextsFor(this.proposed),
    });
    return this.association;
  }

  async release(): Promise<void> {
    const { association } = this;
    this.association = null;
    await association?.release();
  }
}

/**
 * For each class a context for each stored syntax by itself, so that the peer cannot choose another while it takes this one, and one
 * for the native syntaxes, for what it does not take as stored.
 */
export function contextsFor(proposed: ReadonlyMap<string, ReadonlySet<string>>): ProposedContext[] {
  const wanted = [...proposed].flatMap(([abstractSyntax, stored]) => [
    ...Array.from(stored, (uid) => ({ abstractSyntax, transferSyntaxes: [uid] })),
    { abstractSyntax, transferSyntaxes: NATIVE },
  ]);
  return wanted.slice(0, MOST_CONTEXTS).map((context, index) => ({ id: index * 2 + 1, ...context }));
}
