"""One file a figure, each measured beside its comparator in the same run."""
