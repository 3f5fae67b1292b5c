"""The programme: rounds, bonus hours, shows and planned LIVEs, day by day, and for calendars."""
