"""Who may: accounts, sessions, the limits on attempts to sign in, and the one table of rights."""
