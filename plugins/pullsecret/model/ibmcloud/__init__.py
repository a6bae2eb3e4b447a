"""IBM Cloud's objects as plain values, and what can be judged of them without a request."""
