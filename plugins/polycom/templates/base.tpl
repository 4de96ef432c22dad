<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<phone1>
{% include "device.tpl" %}
{% include "system.tpl" %}
{% include "lines.tpl" %}
{% include "keys.tpl" %}
{% block site %}
{% endblock %}
</phone1>
