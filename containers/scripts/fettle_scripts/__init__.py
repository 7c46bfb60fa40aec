"""The scripts worker's modules, in a package of their own: a user's script may have neighbours of any name."""
