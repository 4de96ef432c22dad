{% for prefix in XX_prefixes %}
{% if XX_provisioning_url %}
{{ prefix }}auto_provision.server.url = {{ XX_provisioning_url }}
{% endif %}
{{ prefix }}auto_provision.custom.protect = 0
{{ prefix }}auto_provision.custom.sync = 0
{% endfor %}
sip.notify_reboot_enable = 0
