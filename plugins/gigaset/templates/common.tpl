<auto_reboot_on_setting_change perm="R">on</auto_reboot_on_setting_change>
{% if XX_provisioning_url %}
<setting_server perm="RW">{{ XX_provisioning_url }}</setting_server>
{% endif %}
