/** `instance-stored`: keyed by organisation and study, so that a study's instances are indexed together. */
export const INSTANCE_STORED = 'instance-stored';
export interface InstanceStored {
  instanceId: string;
}
