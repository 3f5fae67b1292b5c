"""`make demo`: a fest under way, with everything that runs it, and traffic as a platform would send it."""
