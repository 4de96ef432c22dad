#!version:1.0.0.1
{% include "common.tpl" %}
{% include "system.tpl" %}
{% include "accounts.tpl" %}
{% if "funckeys" not in XX_phone.lacks %}
{% include "keys.tpl" %}
{% endif %}
{% if XX_phone.handset_setup %}
{% include "dect.tpl" %}
{% endif %}
{% block site %}
{% endblock %}
