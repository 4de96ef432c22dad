{# XX_escaped is escaped already: that of a thousand settings takes a while. #}
{% autoescape false %}
{% if XX_form == "binary" %}
{% for key, value in XX_settings %}
{{ key }}={{ value|string|urlencode }}
{% endfor %}
{% else %}
<?xml version="1.0" encoding="UTF-8"?>
<gs_provision version="1">
<mac>{{ XX_mac }}</mac>
{% if XX_form == "names" %}
<config version="2">
{% for key, value in XX_escaped %}
<item name="{{ key }}">{{ value }}</item>
{% endfor %}
{% else %}
<config version="1">
{% for key, value in XX_escaped %}
<{{ key }}>{{ value }}</{{ key }}>
{% endfor %}
{% endif %}
{% endif %}
{% endautoescape %}
{% block site %}
{% endblock %}
{% if XX_form != "binary" %}
</config>
</gs_provision>
{% endif %}
