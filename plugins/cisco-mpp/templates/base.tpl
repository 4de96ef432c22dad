<?xml version="1.0" encoding="UTF-8"?>
<flat-profile>
{% include "common.tpl" %}
{% include "system.tpl" %}
{% include "accounts.tpl" %}
{% include "keys.tpl" %}
{% block site %}
{% endblock %}
</flat-profile>
