<?xml version="1.0" encoding="UTF-8"?>
<gs_provision version="1">
<config version="1">
{% autoescape false %}
{% for key, value in XX_escaped %}
<{{ key }}>{{ value }}</{{ key }}>
{% endfor %}
{% endautoescape %}
</config>
</gs_provision>
