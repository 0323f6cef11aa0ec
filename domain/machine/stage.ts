import type { MailboxItem } from '../../contracts/core/machine.ts';
import { nothingOpen, type Open } from './open.ts';

/**
 * What a stage of a run is, of whichever machine. Its name is its key in the one list of its machine, whose order is that of the stages. `Own` is what
 * the run's state holds for the stage that it is in. A function that changes something returns the state as it is afterwards, else the one that it was
 * given.
 */
export type Stage<Own, State, Turn, Name extends string> = {
  /** The stages it may lead to, itself where it may begin again; the pictures in the docs are drawn from them. */
  leadsTo: readonly Name[];
  /** What it has open, and when it wants to be called without a message. */
  open(own: Own, state: State, turn: Turn): Open;
  /** Receives a message; one that it does not await changes nothing. */
  receive(state: State, own: Own, item: MailboxItem, turn: Turn): State;
  /** Handles the end of its time. */
  due(state: State, own: Own, turn: Turn): State;
};

/** What a stage does that says nothing else: nothing is open, and nothing changes it. */
export const still = {
  open: (): Open => nothingOpen,
  receive: <S>(state: S): S => state,
  due: <S>(state: S): S => state,
};
