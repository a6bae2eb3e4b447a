"""What `report` shows of clusters: plain values in which no credential can be."""
