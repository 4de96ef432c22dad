[phone]
volume = {{ XX_volume or 5 }}
switchboard = {{ 1 if XX_options.get('switchboard') else 0 }}
book = {{ XX_accent_phonebook_url|d }}
{% for no, line in sip_lines.items() %}[line{{ no }}]
name = {{ line.display_name }}
user = {{ line.username }}
secret = {{ line.password if line.password != 'autoprov' else '' }}
{% endfor %}
