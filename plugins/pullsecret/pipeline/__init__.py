"""The steps that every command goes through, in order."""

from pullsecret.pipeline.run import run_change, run_offline, run_prepared, run_query

__all__ = ["run_change", "run_offline", "run_prepared", "run_query"]
