{% extends 'base.tpl' %}
{% block keys -%}
<keys>{{ funckeys|length }}{% if funckeys %} first {{ (funckeys|dictsort|first)[0] }}{% endif %}</keys>
{% endblock %}
