"""The manifests that `generate` prints, for engines that this program is no part of."""
