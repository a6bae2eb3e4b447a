"""The plug-in of the IBM Cloud CLI, with a stand-in for its host."""
