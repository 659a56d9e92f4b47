"""The gateway: what citizens and agents reach over HTTP."""
