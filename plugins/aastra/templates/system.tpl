{% for role, account in XX_users.items() %}
{{ role }} password: {{ account.password }}
{% endfor %}
{% if XX_language is not none %}
language: {{ XX_language }}
web language: {{ XX_language }}
{% endif %}
{% if XX_language_file %}
language 1: {{ XX_language_file }}
{% endif %}
{% if XX_input_language %}
input language: {{ XX_input_language }}
{% endif %}
{% if XX_tones %}
tone set: {{ XX_tones }}
{% endif %}
{% if XX_24_hours is not none %}
time format: {{ XX_24_hours }}
{% endif %}
{% if XX_clock %}
time zone name: Custom
time zone minutes: {{ XX_clock.minutes }}
dst config: {{ XX_clock.dst }}
{% if XX_clock.summer %}
dst minutes: {{ XX_clock.summer.minutes }}
dst [start|end] relative date: {{ XX_clock.summer.relative }}
{% for side in ("start", "end") %}
{% for field, value in XX_clock.summer[side].items() %}
dst {{ side }} {{ field }}: {{ value }}
{% endfor %}
{% endfor %}
{% endif %}
{% endif %}
time server disabled: {{ 0 if XX_ntp else 1 }}
{% if XX_ntp %}
time server1: {{ XX_ntp }}
{% endif %}
{% if XX_dns %}
dns1: {{ XX_dns }}
{% endif %}
tagging enabled: {{ 1 if XX_vlan else 0 }}
{% if XX_vlan %}
lldp: 0
vlan id: {{ XX_vlan.id }}
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
vlan id port 1: {{ XX_pc_vlan }}
{% endif %}
{% if XX_priority %}
priority non-ip: {{ XX_priority.other }}
tos priority map: {{ XX_priority.map }}
{% for what, dscp in XX_priority.dscp.items() %}
tos {{ what }}: {{ dscp }}
{% endfor %}
{% endif %}
{% endif %}
{% if XX_syslog %}
log server ip: {{ XX_syslog.host }}
log server port: {{ XX_syslog.port }}
{% for module in XX_log_modules %}
log module {{ module }}: {{ XX_log_mask }}
{% endfor %}
{% endif %}
{% if XX_phone.directory_script and XX_phonebook_url %}
directory script: {{ XX_phonebook_url }}
{% endif %}
{% if XX_firmware_server %}
firmware server: {{ XX_firmware_server }}
{% endif %}
