{% from "cucm.tpl" import device with context %}
{{ device(1) }}
{%- block site %}
{% endblock %}
