{% for number in XX_phone.locked_keys %}
prgkey{{ number }} locked: 0
{% endfor %}
{% for name, settings in XX_keys.items() %}
{% for field, value in settings.items() if value is not none %}
{{ XX_phone.overwrite }}{{ name }} {{ field }}: {{ value }}
{% endfor %}
{% endfor %}
