<?xml version="1.0" encoding="utf-8"?>
<firmware-settings>
{% if XX_firmware_url %}
<firmware>{{ XX_firmware_url }}</firmware>
{% endif %}
{% if XX_module_firmware_url %}
<firmware_uxm>{{ XX_module_firmware_url }}</firmware_uxm>
{% endif %}
</firmware-settings>
