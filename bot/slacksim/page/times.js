// Dates and times as people read them, from Slack's "seconds.micros" stamps.

const day = (options) => new Intl.DateTimeFormat("en-GB", options);
const CLOCK = day({ hour: "2-digit", minute: "2-digit" });
const CLOCK_SECONDS = day({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const LONG = day({ weekday: "long", day: "numeric", month: "long" });
const LONG_YEAR = day({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT = day({ day: "numeric", month: "short", year: "numeric" });
const PLAIN = day({ day: "numeric", month: "long", year: "numeric" });
const NUMERIC = day({ year: "numeric", month: "2-digit", day: "2-digit" });
const FULL = day({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** when turns a Slack stamp into a Date. */
export const when = (ts) => new Date(Number.parseFloat(ts) * 1000);
export const clock = (ts) => CLOCK.format(when(ts));
export const fullTime = (ts) => FULL.format(when(ts));

/** dayKey is the same for two stamps of the same local day. */
export const dayKey = (ts) => when(ts).toDateString();

/** dayName says Today and Yesterday where it can. */
export function dayName(date, now = new Date()) {
  const relative = relativeDay(date, now);
  if (relative) return relative;
  return (date.getFullYear() === now.getFullYear() ? LONG : LONG_YEAR).format(date);
}

function relativeDay(date, now) {
  const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  return { 0: "Today", "-1": "Yesterday", 1: "Tomorrow" }[days];
}

/** exactTime shows milliseconds, for the inspector. */
export function exactTime(iso) {
  const date = new Date(iso);
  return `${CLOCK_SECONDS.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** ago says roughly how long ago a stamp was: "5 minutes ago". */
export function ago(date, now = new Date()) {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

/** formatDate fills Slack's date tokens; null when the time makes no sense. */
export function formatDate(unix, format) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime()) || !format) return null;
  const now = new Date();
  const lower = relativeDay(date, now);
  const tokens = {
    date_num: NUMERIC.format(date).split("/").reverse().join("-"),
    date: PLAIN.format(date),
    date_short: SHORT.format(date),
    date_long: LONG_YEAR.format(date),
    date_pretty: lower ?? PLAIN.format(date),
    date_short_pretty: lower ?? SHORT.format(date),
    date_long_pretty: lower ?? LONG_YEAR.format(date),
    time: CLOCK.format(date),
    time_secs: CLOCK_SECONDS.format(date),
    ago: ago(date, now),
  };
  return format.replace(/\{(\w+)\}/g, (all, name) => tokens[name] ?? all);
}
