<?xml version="1.0" encoding="utf-8"?>
<settings>
<phone-settings>
{% include "common.tpl" %}
{% include "language.tpl" %}
{% if XX_phone.form == "base" %}
{% include "dect.tpl" %}
{% else %}
{% include "system.tpl" %}
{% include "identities.tpl" %}
{% endif %}
{% block site %}
{% endblock %}
</phone-settings>
{% if XX_phone.form == "desk" %}
{% include "keys.tpl" %}
{% include "files.tpl" %}
{% endif %}
</settings>
