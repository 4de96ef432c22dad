{% if XX_handset_language is not none %}
custom.handset.language = {{ XX_handset_language }}
{% endif %}
{% for handset, url in XX_handset_firmware.items() %}
over_the_air.url.{{ handset }} = {{ url or "%NULL%" }}
{% endfor %}
{{ XX_static }}auto_provision.handset_configured.enable = 1
