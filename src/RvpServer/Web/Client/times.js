// @ts-check
// Times and days as people say them.

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DATE_OF_YEAR = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** @param {number} at */
export const clockOf = at => TIME.format(at);

/**
 * The same in every language, to the minute.
 * @param {number} at
 */
export function isoOf(at) {
  const day = new Date(at);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())} ${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** @param {number} at */
export const fullTimeOf = at => FULL.format(at);

/**
 * Days from then until now by the calendar.
 * @param {number} at
 * @param {number} now
 */
function daysSince(at, now) {
  const [then, today] = [at, now].map(time => new Date(time)).map(day => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()));
  return (today - then) / 86_400_000;
}

/**
 * @param {number} at
 * @param {number} now
 */
const isThisYear = (at, now) => new Date(at).getFullYear() === new Date(now).getFullYear();

/**
 * In a list: the time of today, the weekday of this week, otherwise the date.
 * @param {number} at
 * @param {number} now
 */
export function shortTimeOf(at, now = Date.now()) {
  const days = daysSince(at, now);
  if (days <= 0) return TIME.format(at);
  if (days < 7) return WEEKDAY.format(at);
  return (isThisYear(at, now) ? DATE : DATE_OF_YEAR).format(at);
}

/**
 * Between the messages of two days.
 * @param {number} at
 * @param {number} now
 */
export function dayOf(at, now = Date.now()) {
  const days = daysSince(at, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (isThisYear(at, now) ? DAY : DAY_OF_YEAR).format(at);
}
