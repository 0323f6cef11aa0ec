/** The types of the failures that Temporal must not retry; a machine sees them as the `type` of a `failed` item. */
export const failureTypes = {
  /** The run is unknown in its workspace: nothing can be advanced or performed. */
  runNotFound: 'RunNotFound',
  /** The outside service refused for good: a wrong address, an invalid request. */
  effectRejected: 'EffectRejected',
  /** It may or may not have happened, and only a person or a look-up can tell. */
  effectUnknown: 'EffectUnknown',
  /** The person must not get this: unsubscribed, bounced, without an address. */
  suppressed: 'Suppressed',
  /** The model's answer could not be used after the allowed repairs. */
  unusableAnswer: 'UnusableAnswer',
  /** The step's or the workspace's money for this is spent. */
  budgetSpent: 'BudgetSpent',
  /** The definition names something that does not exist. */
  invalidDefinition: 'InvalidDefinition',
} as const;
