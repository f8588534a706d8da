import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { RetrievalRepository, type InstancePlace, type RetrieveAddress } from './retrieval.repository.js';

/** A viewer asks for the frames of a series one by one: for so long one look answers for its neighbours too. */
const REMEMBERED_MS = 5_000;
const REMEMBERED_SERIES = 64;
/** A series with more instances is not remembered as a whole. */
const LARGEST_SERIES = 2_000;

interface Remembered {
  readonly until: number;
  readonly places: Promise<ReadonlyMap<string, InstancePlace> | null>;
}

/** Where served instances lie. What is in scope is decided by the database; for some seconds its answer for a series is remembered. */
@Injectable()
export class LocateInstances {
  private readonly series = new Map<string, Remembered>();

  constructor(private readonly retrieval: RetrievalRepository) {}

  /** In order of series and instance number; always asked anew. */
  all(scope: OrganisationScope, address: RetrieveAddress): Promise<InstancePlace[]> {
    return this.retrieval.places(scope, address);
  }

  async one(scope: OrganisationScope, address: Required<RetrieveAddress>): Promise<InstancePlace | undefined> {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = address;
    const key = JSON.stringify([scopeParameter(scope), studyInstanceUid, seriesInstanceUid]);
    const now = Date.now();
    let remembered = this.series.get(key);
    if (!remembered || remembered.until < now) {
      remembered = { until: now + REMEMBERED_MS, places: this.wholeSeries(scope, studyInstanceUid, seriesInstanceUid) };
      this.series.delete(key);
      this.series.set(key, remembered);
      if (this.series.size > REMEMBERED_SERIES) this.series.delete(this.series.keys().next().value!);
    }
    let found;
    try {
      found = (await remembered.places)?.get(sopInstanceUid);
    } catch (error) {
      this.series.delete(key);
      throw error;
    }
    // It may have come in the meantime.
    return found ?? (await this.retrieval.places(scope, address, 1))[0];
  }

  /** What was remembered of a study is no longer true. Other processes find out within seconds. */
  forget(studyInstanceUid: string): void {
    for (const key of this.series.keys()) {
      if ((JSON.parse(key) as unknown[])[1] === studyInstanceUid) this.series.delete(key);
    }
  }

  private async wholeSeries(
    scope: OrganisationScope,
    studyInstanceUid: string,
    seriesInstanceUid: string,
  ): Promise<ReadonlyMap<string, InstancePlace> | null> {
    const places = await this.retrieval.places(scope, { studyInstanceUid, seriesInstanceUid }, LARGEST_SERIES + 1);
    if (places.length > LARGEST_SERIES) return null;
    const byUid = new Map<string, InstancePlace>();
    for (const place of places) if (!byUid.has(place.sopInstanceUid)) byUid.set(place.sopInstanceUid, place);
    return byUid;
  }
}
