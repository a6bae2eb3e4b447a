"""Schedules of CronJobs: those that API servers accept, and those that they refuse, each with our reason."""

ACCEPTED = (
    "* * * * *",
    "*/5 * * * *",
    "0 3 1 jan sun",
    "0,15,30-45/5 0-23 1-31 JAN-Dec Sun-SAT",
    "? ? ? ? ?",
    "  0\t3 * *  * ",
    "5/10 * * * *",
    "*-7 * * * *",
    ", * * * *",
    "007 +3 * * *",
    "0 0 30 2 *",
    "@hourly",
    "@daily",
    "@midnight",
    "@weekly",
    "@monthly",
    "@yearly",
    "@annually",
    "@every 5m",
    "@every 0",
)


FIELDS = "it must have 5 fields (minute, hour, day of the month, month, day of the week)"
DESCRIPTORS = "it must be @hourly, @daily, @weekly, @monthly or @yearly"
TIME_ZONE = "it must not have a time zone; use --time-zone"
REFUSED = {
    "5m": f"{FIELDS}, not 1",
    " ": f"{FIELDS}, not 0",
    "* * * * * *": f"{FIELDS}, not 6",
    "60 * * * *": '"60" is not valid for the minute: it must be from 0 to 59',
    "* 24 * * *": '"24" is not valid for the hour: it must be from 0 to 23',
    "* * 0 * *": '"0" is not valid for the day of the month: it must be from 1 to 31',
    "* * * 13 *": '"13" is not valid for the month: it must be from 1 to 12, or jan to dec',
    "* * * * 7": '"7" is not valid for the day of the week: it must be from 0 to 6, or sun to sat',
    "* * * * monday": '"monday" is not valid for the day of the week: it must be from 0 to 6, or sun to sat',
    "jan * * * *": '"jan" is not valid for the minute: it must be from 0 to 59',
    "5-1 * * * *": '"5-1" is not valid for the minute: the range ends before it begins',
    "5-0 * * * *": '"5-0" is not valid for the minute: the range ends before it begins',
    "1-2-3 * * * *": '"1-2-3" is not valid for the minute: it has more than one -',
    "-5 * * * *": '"-5" is not valid for the minute: it must be from 0 to 59',
    "1_0 * * * *": '"1_0" is not valid for the minute: it must be from 0 to 59',
    "*/0 * * * *": '"*/0" is not valid for the minute: the step must be a positive number',
    "*/ * * * *": '"*/" is not valid for the minute: the step must be a positive number',
    "*/2/3 * * * *": '"*/2/3" is not valid for the minute: it has more than one /',
    f"{'9' * 5000} * * * *": "it must be from 0 to 59",
    "@Hourly": DESCRIPTORS,
    "@reboot": DESCRIPTORS,
    "@every 5": DESCRIPTORS,
    "@every": DESCRIPTORS,
    " @hourly": f"{FIELDS}, not 1",
    "TZ=Europe/Berlin 0 3 * * *": TIME_ZONE,
    "CRON_TZ=UTC 0 3 * * *": TIME_ZONE,
}
