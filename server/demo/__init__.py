"""The demonstration: the sample audit with drawn photos, accounts, and an audit to walk today."""
