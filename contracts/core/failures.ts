/** The types of the failures that Temporal must not retry; a machine sees them as the `type` of a `failed` item. */
export const failureTypes = {
  /** The run is unknown in its workspace: nothing can be advanced or done. */
  runNotFound: 'RunNotFound',
  /** The outside service refused for good: a wrong address, an invalid request. */
  effectRejected: 'EffectRejected',
  /** The definition names something that does not exist. */
  invalidDefinition: 'InvalidDefinition',
} as const;
