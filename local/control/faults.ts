import type { FaultRequest } from './faults.schema.ts';

type Service = FaultRequest['service'];
type FaultOf<S extends Service> = Extract<FaultRequest, { service: S }>;

/** The faults that are switched on, shared by all doubles of a process. */
export interface Faults {
  add(fault: FaultRequest): { id: number };
  /** Those that still hold. */
  list(): { id: number; fault: FaultRequest; usesLeft: number | null; endsAt: string | null }[];
  /** Switches all off, or those of one service. */
  clear(service?: Service): void;
  /**
   * The first fault of `service` that `accepts` takes and whose conditions hold for a request with this text; one use of it is
   * spent. `accepts` knows at which point of the dialogue the caller is.
   */
  take<S extends Service>(request: {
    service: S;
    text: string;
    accepts: (fault: FaultOf<S>) => boolean;
  }): FaultOf<S> | undefined;
  /** Whether a fault of that name holds, without spending a use. */
  holds(service: Service, name: string): boolean;
  /** Calls `listener` after each change made through `add` or `clear`. */
  onChange(listener: () => void): void;
}

interface ActiveFault {
  id: number;
  fault: FaultRequest;
  usesLeft: number;
  endsAtMs: number;
  seen: number;
}

/** Creates an empty set of faults. `now` gives milliseconds; tests pass their own. */
export function createFaults(now: () => number = Date.now): Faults {
  let active: ActiveFault[] = [];
  let lastId = 0;
  const listeners: (() => void)[] = [];
  const changed = (): void => listeners.forEach((listener) => listener());
  const live = (): ActiveFault[] => {
    active = active.filter((each) => each.usesLeft > 0 && each.endsAtMs > now());
    return active;
  };
  return {
    add(fault) {
      lastId += 1;
      active.push({
        id: lastId,
        fault,
        usesLeft: fault.count ?? Infinity,
        endsAtMs: fault.durationMs === undefined ? Infinity : now() + fault.durationMs,
        seen: 0,
      });
      changed();
      return { id: lastId };
    },
    list: () =>
      live().map((each) => ({
        id: each.id,
        fault: each.fault,
        usesLeft: Number.isFinite(each.usesLeft) ? each.usesLeft : null,
        endsAt: Number.isFinite(each.endsAtMs) ? new Date(each.endsAtMs).toISOString() : null,
      })),
    clear(service) {
      active = service === undefined ? [] : active.filter((each) => each.fault.service !== service);
      changed();
    },
    take(request) {
      for (const each of live()) {
        const fault = each.fault;
        if (!isOf(fault, request.service) || !request.accepts(fault)) continue;
        if (fault.match !== undefined && !request.text.includes(fault.match)) continue;
        each.seen += 1;
        if (fault.rate !== undefined && !isChosen(each.seen, fault.rate)) continue;
        each.usesLeft -= 1;
        return fault;
      }
      return undefined;
    },
    holds: (service, name) => live().some((each) => each.fault.service === service && each.fault.fault === name),
    onChange: (listener) => void listeners.push(listener),
  };
}

function isOf<S extends Service>(fault: FaultRequest, service: S): fault is FaultOf<S> {
  return fault.service === service;
}

/** Spreads the chosen requests evenly: the n-th is chosen when the running total of `rate` passes a whole number. */
function isChosen(nth: number, rate: number): boolean {
  return Math.floor(nth * rate) > Math.floor((nth - 1) * rate);
}
