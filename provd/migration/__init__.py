"""
Data that comes from elsewhere or goes there: from existing servers, into backups and out of them.
"""
