{% if XX_phone.format == "symbols" %}
<?xml version="1.0" encoding="ISO-8859-1"?>
<ProviderFrame>
<Provider>
{% include "symbols.tpl" %}
{% elif XX_phone.format == "settings" %}
<?xml version="1.0" encoding="utf-8"?>
<settings>
<phone-settings>
{% include "settings.tpl" %}
{% else %}
<?xml version="1.0" encoding="UTF-8"?>
<provisioning version="1.1" productID="{{ XX_phone.product_id }}">
{% if XX_firmware %}
<firmware>
<file version="{{ XX_firmware.version }}" url="{{ XX_firmware.url }}"/>
</firmware>
{% endif %}
<nvm>
{% include "nvm.tpl" if XX_phone.format == "nvm" else "maxwell.tpl" %}
{% endif %}
{% block site %}
{% endblock %}
{% if XX_phone.format == "symbols" %}
</Provider>
</ProviderFrame>
{% elif XX_phone.format == "settings" %}
</phone-settings>
{% include "settings_keys.tpl" %}
</settings>
{% else %}
</nvm>
</provisioning>
{% endif %}
