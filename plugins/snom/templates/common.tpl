{% if XX_phone.form == "desk" %}
<auto_reboot_on_setting_change perm="R">on</auto_reboot_on_setting_change>
{% endif %}
{% if XX_provisioning_url %}
<setting_server perm="RW">{{ XX_provisioning_url }}</setting_server>
{% endif %}
