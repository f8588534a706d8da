/** What our own calls say of us: the AE title that devices know this listener by. */
export class CallingAe {
  constructor(readonly title: string) {}
}
