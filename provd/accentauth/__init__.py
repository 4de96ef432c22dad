"""
accent-auth, the service that knows tokens and tenants where a PBX has one.
"""
