/** A bug to plant: `find`, which `file` has once, becomes `put`; one of the `tests` must notice. */
export type PlantedBug = { name: string; file: string; find: string; put: string; tests: string[] };
