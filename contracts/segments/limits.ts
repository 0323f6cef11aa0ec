/** Bounds of segments. Each keeps one statement that asks a rule of many people short. */
export const segmentLimits = {
  /** Segments of a workspace. */
  segments: 200,
  /** Questions and values of one rule as it is written. */
  parts: 200,
  /** The same with the rules of the segments that it names in their place. */
  resolvedParts: 600,
  /** Levels of questions inside questions. */
  depth: 12,
} as const;
