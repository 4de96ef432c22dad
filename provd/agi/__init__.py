"""
Asterisk's Gateway Interface over TCP (FastAGI): its dialplan asks, the daemon answers.
"""
