<?xml version="1.0" encoding="{{ XX_encoding|upper }}"?>
<flat-profile>
{% include "provisioning.tpl" %}
{% include "system.tpl" %}
{% include "lines.tpl" %}
{% if XX_phone.kind == "phone" %}
{% include "phone.tpl" %}
{% endif %}
{% if XX_phone.kind == "router" %}
{% include "router.tpl" %}
{% endif %}
{% block site %}
{% endblock %}
</flat-profile>
