"""The plugin of the IBM Cloud CLI, with a fake IBM Cloud CLI."""
