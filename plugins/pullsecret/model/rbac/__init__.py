"""The RBAC permissions that each command needs, and the Roles that grant those of one use."""
