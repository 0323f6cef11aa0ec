import type { I18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { useEffect, useState } from 'react';
import { type Due, isSoon } from './due.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The viewer's IANA time zone. */
export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Nearer than this to its instant, a length of time is counted by the second. */
const nearMs = 2 * minute;

/** How often a length of time from or to `at` is renewed. */
function paceOf(at: string): number {
  return Math.abs(Date.parse(at) - Date.now()) < nearMs ? second : 15 * second;
}

/** The present, renewed every `everyMs`, so that times on the screen stay up to date. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The present, renewed as often as a length of time from or to `at` needs: all that count to one instant say the same. */
export function useNowNear(at: string): number {
  return useNow(paceOf(at));
}

/** A length of time in words, its two largest units: `2 d 4 h`, `14 min`, `38 s`, `0.4 s`. Takes milliseconds. */
export function durationWords(i18n: I18n, ms: number): string {
  if (ms < minute) {
    const seconds = i18n.number(ms / second, { maximumFractionDigits: ms < 10 * second ? 1 : 0 });
    return t(i18n)`${seconds} s`;
  }
  // Rounded at the smaller of the two units, so that 59 min 59 s reads as one hour.
  const unit = ms < hour ? minute : ms < day ? minute : hour;
  const rounded = Math.round(ms / unit) * unit;
  const days = Math.floor(rounded / day);
  const hours = Math.floor((rounded % day) / hour);
  const minutes = Math.floor((rounded % hour) / minute);
  if (days > 0) return hours > 0 ? t(i18n)`${days} d ${hours} h` : t(i18n)`${days} d`;
  if (hours > 0) return minutes > 0 ? t(i18n)`${hours} h ${minutes} min` : t(i18n)`${hours} h`;
  return t(i18n)`${minutes} min`;
}

/** An instant in the viewer's zone, as near as it needs to be: `09:46` today, `Tue 09:46` in the same week, else with its date. */
export function instantWords(i18n: I18n, at: string, now: number): string {
  const date = new Date(at);
  const days = Math.round((startOfDay(date.getTime()) - startOfDay(now)) / day);
  if (days === 0) return i18n.date(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (Math.abs(days) < 7)
    return i18n.date(date, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const isFar = Math.abs(days) > 180;
  return i18n.date(date, { day: 'numeric', month: 'short', ...(isFar ? { year: 'numeric' } : {}) });
}

/** The whole instant with its zone, on hover. */
export function exactWords(i18n: I18n, at: string): string {
  return i18n.date(new Date(at), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** An instant, `09:46` or `Tue 09:46`; the exact one is shown on hover. */
export function Time({ at }: { at: string }) {
  const { i18n } = useLingui();
  const now = useNow(minute);
  return (
    <time dateTime={at} title={exactWords(i18n, at)} className="num">
      {instantWords(i18n, at, now)}
    </time>
  );
}

/** A date and a time in a zone of its own, such as that of a course; the zone is said where the viewer's clock shows another time. */
export function TimeIn({ at, zone }: { at: string; zone: string }) {
  const { i18n } = useLingui();
  return (
    <time dateTime={at} title={exactWords(i18n, at)} className="num">
      {zonedWords(i18n, at, zone)}
    </time>
  );
}

/** A date and a time by the clock of a zone, which is said where it is not what the viewer's clock shows. */
export function zonedWords(i18n: I18n, at: string, zone: string): string {
  const date = new Date(at);
  const isFar = Math.abs(date.getTime() - Date.now()) > 180 * day;
  const words = (timeZone: string): string =>
    i18n.date(date, {
      day: 'numeric',
      month: 'short',
      ...(isFar ? { year: 'numeric' } : {}),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone,
    });
  const there = words(zone);
  if (words(viewerZone) === there) return there;
  const parts = new Intl.DateTimeFormat(i18n.locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(date);
  return `${there} ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone}`;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / second) * second;
}

/** How long ago something was: `15 min`; pages say "ago" or "since" around it where it needs to be said. */
export function Age({ since, until }: { since: string; until?: string | null }) {
  const { i18n } = useLingui();
  const now = useNow(until ? hour : paceOf(since));
  const ms = Math.max(0, (until ? Date.parse(until) : now) - Date.parse(since));
  return (
    <time dateTime={since} title={exactWords(i18n, since)} className="num">
      {durationWords(i18n, until ? ms : wholeSeconds(ms))}
    </time>
  );
}

/** How long is left until a deadline: red where what is due is soon (`isSoon`; `since`: when it began), and in words when it has passed. */
export function TimeLeft({ until, due, since }: { until: string; due: Due; since?: string | null | undefined }) {
  const { i18n } = useLingui();
  const left = Date.parse(until) - useNowNear(until);
  const words = durationWords(i18n, wholeSeconds(Math.abs(left)));
  const alarms = isSoon(due, left, since ? Date.parse(until) - Date.parse(since) : null);
  return (
    <time dateTime={until} title={exactWords(i18n, until)} className={alarms ? 'num strong red' : 'num'}>
      {left >= 0 ? t(i18n)`${words} left` : t(i18n)`${words} overdue`}
    </time>
  );
}

/** For how long something may be put off, as choices in hours. */
export function useHourChoices(): { value: string; label: string }[] {
  const { i18n } = useLingui();
  return [
    { value: '1', label: t(i18n)`An hour` },
    { value: '4', label: t(i18n)`4 hours` },
    { value: '24', label: t(i18n)`A day` },
    { value: '72', label: t(i18n)`3 days` },
    { value: '168', label: t(i18n)`A week` },
  ];
}
