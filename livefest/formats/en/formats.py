"""How English pages write days and moments: of the world, not of one country, so with the day first and 24 hours."""

DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"

# Beyond Django's own: what pages also need. Every language of LANGUAGES names them too.
WEEKDAY_FORMAT = "D j M"
LONG_DAY_FORMAT = "l j F"
MOMENT_FORMAT = "D j M, H:i"
EXACT_DATETIME_FORMAT = "j F Y, H:i:s"
EXACT_FORMAT = "D j M, H:i:s"
CLOCK_FORMAT = "H:i:s"
