"""The facts of one audit and what follows from them. Pure: no I/O, no clock, no framework."""
