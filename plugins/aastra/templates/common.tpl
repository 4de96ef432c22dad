contact rcs: 0
{% if XX_server %}
{% set protocol = XX_server.scheme %}
download protocol: {{ protocol|upper }}
{{ protocol }} server: {{ XX_server.host }}
{{ protocol }} port: {{ XX_server.port }}
{{ protocol }} path: {{ XX_server.path }}
{% endif %}
